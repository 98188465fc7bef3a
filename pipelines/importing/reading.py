"""Reads a folder of the import format: CSV, JSON lines or Parquet, one file or several per table."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from feed_core.model.errors import Corrupt, InvalidInput, NotFound
from pipelines.importing.rejects import Reject
from pipelines.importing.tables import COLUMNS, REQUIRED, ImportTables, Kind, TableName, empty

Rows = Iterator[tuple[int, dict[str, Any] | str]]
"""Per row its line and its values, or what is wrong with it."""


class Folder(NamedTuple):
    """What a folder holds, and the rows that could not be read."""

    tables: ImportTables
    rejects: list[Reject]


def read_folder(folder: Path) -> Folder:
    """Read ``users``, ``follows``, ``posts``, ``engagements`` (``.csv``, ``.jsonl``, ``.parquet``).

    A table may have several files (``posts-2024.csv``) or none. Raises ``NotFound`` when there is no
    such file, ``InvalidInput`` for a file without a required column or with a header that is no CSV,
    ``Corrupt`` for a broken Parquet file. Nothing is written.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", fix="Check the path.")
    files = {table: _files(folder, table) for table in COLUMNS}
    if not any(files.values()):
        raise NotFound(
            f"{folder} holds no table of the import format.",
            fix="Name the files users, follows, posts, engagements, with .csv, .jsonl or .parquet.",
        )
    rejects: list[Reject] = []
    frames = {table: _read_table(table, paths, rejects) for table, paths in files.items()}
    return Folder(ImportTables(**frames), rejects)


def _files(folder: Path, table: TableName) -> list[Path]:
    """``users.csv`` and ``users-*.csv`` in order of name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in _READERS and (path.stem == table or path.stem.startswith(f"{table}-"))
    )


def _read_table(table: TableName, paths: list[Path], rejects: list[Reject]) -> pd.DataFrame:
    frames = [_READERS[path.suffix](table, path, rejects) for path in paths]
    return pd.concat(frames, ignore_index=True) if frames else empty(table)


def _read_parquet(table: TableName, path: Path, rejects: list[Reject]) -> pd.DataFrame:
    del rejects  # a Parquet file is read as a whole or not at all
    try:
        names = set(pq.read_schema(path).names)
        _check_columns(table, path, names)
        known = [name for name in COLUMNS[table] if name in names]
        read = pq.read_table(path, columns=known)
        _check_types(table, path, read)
        frame: pd.DataFrame = read.to_pandas(integer_object_nulls=True)
    except (pa.ArrowException, OSError) as error:
        raise Corrupt(
            f"{path} cannot be read as Parquet: {error}.", fix="Copy the file again; it may be cut off."
        ) from error
    return frame.assign(file=path.name, line=range(1, len(frame) + 1))


def _check_types(table: TableName, path: Path, read: pa.Table) -> None:
    for field, column in zip(read.schema, read.columns, strict=True):
        empty_column = column.null_count == len(read)  # its type says nothing
        if not (empty_column or _fits(COLUMNS[table][field.name], field.type)):
            fix = "Write text, a number, or a time; hashtags as a list, or text joined by |."
            raise InvalidInput(f"{path} has {field.type} in {field.name}.", fix=fix)


def _fits(kind: Kind, found: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        return _fits(kind, found.value_type)
    if kind == "tags":
        return any(is_one(found) for is_one in _TAGS)
    return not (pa.types.is_nested(found) or pa.types.is_binary(found))


def _read_csv(table: TableName, path: Path, rejects: list[Reject]) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = csv.reader(file, strict=True)
        header = _header(path, lines)
        _check_columns(table, path, set(header))
        return _frame(table, path, _csv_rows(lines, header), rejects)


def _header(path: Path, lines: Any) -> list[str]:
    try:
        return next(lines, [])
    except csv.Error as error:
        fix = "Begin the file with the names of its columns, separated by commas."
        raise InvalidInput(f"The first line of {path} is no CSV: {error}.", fix=fix) from error


def _csv_rows(lines: Any, header: list[str]) -> Rows:
    """Rows of a ``csv.reader`` after its header."""
    while True:
        line = lines.line_num + 1
        try:
            values = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"is no CSV: {error}"
            continue
        if len(values) == len(header):
            yield line, dict(zip(header, values, strict=True))
        elif values:
            yield line, f"has {len(values)} values where the header has {len(header)}"


def _read_jsonl(table: TableName, path: Path, rejects: list[Reject]) -> pd.DataFrame:
    with path.open("rb") as file:
        return _frame(table, path, _json_rows(file), rejects)


def _json_rows(lines: Any) -> Rows:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            yield line, decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield line, f"is no JSON object: {error}"


def _frame(table: TableName, path: Path, rows: Rows, rejects: list[Reject]) -> pd.DataFrame:
    """The good rows as columns of the format; the others go to ``rejects``."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS[table]}
    lines: list[int] = []
    for line, row in rows:
        fault = row if isinstance(row, str) else _fault(table, row)
        if fault:
            rejects.append(Reject(path.name, line, fault, "" if isinstance(row, str) else _shown(row)))
        elif not isinstance(row, str):
            lines.append(line)
            for name, values in columns.items():
                values.append(row.get(name))
    return pd.DataFrame({**columns, "file": path.name, "line": lines}, dtype=object)


def _fault(table: TableName, row: dict[str, Any]) -> str:
    """A value of another kind than the format has there; "" when all is well."""
    for name, kind in COLUMNS[table].items():
        value = row.get(name)
        if kind == "tags":
            if not (value is None or isinstance(value, str | list)):
                return f"{name} is neither a list nor text"
        elif isinstance(value, dict | list):
            return f"{name} is a list or an object where a single value belongs"
    return ""


def _shown(row: dict[str, Any]) -> str:
    return ascii(row)[:500]


def _check_columns(table: TableName, path: Path, found: set[str]) -> None:
    missing = [name for name in REQUIRED[table] if name not in found]
    if missing:
        raise InvalidInput(
            f"{path} has no column {', '.join(missing)}.",
            fix=f"The columns of {table} are {', '.join(COLUMNS[table])}.",
        )


_TAGS = (pa.types.is_list, pa.types.is_large_list, pa.types.is_string, pa.types.is_large_string)
_READERS: dict[str, Callable[[TableName, Path, list[Reject]], pd.DataFrame]] = {
    ".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet,
}  # fmt: skip
