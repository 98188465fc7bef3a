"""Reads publishers' files as they are; says which file is missing or damaged, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feed_core.model.errors import Corrupt, InvalidInput, Unavailable


def require_folder(folder: Path, files: Sequence[str]) -> None:
    """Raises ``Unavailable`` naming the folder, or every one of ``files`` that is not in it."""
    if not folder.is_dir():
        raise Unavailable(f"There is no folder {folder}.", fix="Name the folder with the data set's files.")
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise Unavailable(f"{folder} lacks {', '.join(missing)}.", fix="Copy the data set's files there.")


def read_columns(path: Path, columns: Mapping[str, type]) -> pd.DataFrame:
    """The named columns of a tab-separated file with a header, and ``line``, each row's line number.

    Types are ``int``, ``float`` or ``str``. A line without any text is skipped. Raises ``Corrupt`` with
    the line of the first row that is too short or holds no number where one belongs.
    """
    header, *rows = _lines(path)
    at = _places(path, header, list(columns))
    cells, numbers = [], []
    for number, row in enumerate(rows, 2):
        if row.strip():
            cells.append(row.split("\t"))
            numbers.append(number)
    short = next((n for n, row in zip(numbers, cells, strict=True) if len(row) <= max(at)), None)
    if short is not None:
        raise _damaged(path, f"line {short} has too few columns")
    made = {
        name: _typed(path, name, [row[place] for row in cells], kind, numbers)
        for (name, kind), place in zip(columns.items(), at, strict=True)
    }
    return pd.DataFrame({**made, "line": np.array(numbers, dtype=np.int64)})


def read_matlab(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """The named arrays of a MATLAB 5 file; raises ``Corrupt`` when it cannot be read or lacks one."""
    from scipy.io import loadmat

    try:
        held = loadmat(str(path), variable_names=list(names))
    except Exception as error:  # scipy raises whatever the broken bytes lead it to
        raise _damaged(path, f"it is no whole MATLAB file ({error})") from error
    missing = [name for name in names if name not in held]
    if missing:
        raise _damaged(path, f"it holds no {', '.join(missing)}")
    return {name: held[name] for name in names}


def set_of(name: str | None, known: Sequence[str]) -> str:
    """``name`` when it is one of ``known`` (the first when None); raises ``InvalidInput`` otherwise."""
    if name is None:
        return known[0]
    if name not in known:
        raise InvalidInput(f"There is no set {name!r}.", fix=f"Use one of {', '.join(known)}.")
    return name


def _lines(path: Path) -> list[str]:
    """UTF-8, and Latin-1 for the few lines that are not: publishers mix the two."""
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    return [_decoded(line.rstrip(b"\r")) for line in lines]


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _places(path: Path, header: str, names: Sequence[str]) -> list[int]:
    held = [name.partition(":")[0] for name in header.lstrip("\ufeff").split("\t")]
    missing = [name for name in names if name not in held]
    if missing:
        raise _damaged(path, f"its first line does not name {', '.join(missing)}")
    return [held.index(name) for name in names]


def _typed(path: Path, name: str, cells: list[str], kind: type, numbers: Sequence[int]) -> Any:
    if kind is str:
        return np.array(cells, dtype=object)
    try:
        return _numbers(cells, kind)
    except (ValueError, OverflowError):
        line = next(n for n, cell in zip(numbers, cells, strict=True) if not _is_number(cell, kind))
        raise _damaged(path, f"line {line} has no number in {name}") from None


def _numbers(cells: list[str], kind: type) -> Any:
    """int64 or finite float64; raises ``ValueError`` or ``OverflowError``."""
    made = np.array(cells, dtype=str).astype(np.int64 if kind is int else np.float64)
    if not np.isfinite(made).all():
        raise ValueError("a value is not finite")
    return made


def _is_number(cell: str, kind: type) -> bool:
    try:
        _numbers([cell], kind)
    except (ValueError, OverflowError):
        return False
    return True


def _damaged(path: Path, why: str) -> Corrupt:
    return Corrupt(f"{path} is damaged: {why}.", fix="Copy it again from its source.")
