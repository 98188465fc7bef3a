"""Reads the event lake's Parquet by day: whole files, each key once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from feed_core.model.clock import day_of
from feed_core.model.errors import Corrupt, NotFound

Table = Literal["events", "posts", "decisions"]
_KEYS = {"events": "event_id", "posts": "post_id", "decisions": "decision_id"}
_TIMES = {"events": "occurred_at", "posts": "created_at", "decisions": "occurred_at"}


def read_table(
    home: Path,
    table: Table,
    *,
    start: int,
    end: int,
    columns: Sequence[str],
    actions: Sequence[str] = (),
) -> pa.Table:
    """Rows of ``home``/lake/``table`` with ``start`` ≤ time < ``end`` (ms), by key, each key once.

    The time is ``occurred_at``, for posts ``created_at``. ``actions`` keeps only those events. A key that
    lies in two files (a part that is being compacted, versions of a post) is read once, in its last
    version. Raises ``NotFound`` when there is no lake, ``Corrupt`` naming a file that is cut off.
    """
    folder, key = home / "lake" / table, _KEYS[table]
    if not (home / "lake").is_dir():
        raise NotFound(f"There is no event lake at {home / 'lake'}.", fix="Run: loupe lake.")
    time = ds.field(_TIMES[table])
    where = (time >= start) & (time < end)
    if actions:
        where = where & ds.field("action").isin(list(actions))
    wanted = list(dict.fromkeys([key, *columns]))
    version = ["updated_at"] if table == "posts" else []
    parts = [_read(path, [*wanted, *version], where) for path in _files(folder, start, end)]
    if not parts:
        return pa.table({name: pa.array([], pa.int64()) for name in wanted})
    rows = pa.concat_tables(parts)
    by = [rows[name].to_numpy() for name in [*version, key]]
    order = np.lexsort(by)
    ids = by[-1][order]
    last = np.append(ids[1:] != ids[:-1], True)[: len(ids)]
    return rows.take(order[last]).select(wanted)


def column(rows: pa.Table, name: str) -> np.ndarray[tuple[int], np.dtype[Any]]:
    """Numbers of a column as one writable array."""
    return np.array(rows[name].to_numpy())


def codes(rows: pa.Table, name: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[str]]:
    """A text column as codes int64 (n,) into the list of its texts."""
    encoded = pc.dictionary_encode(rows[name].combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _files(folder: Path, start: int, end: int) -> list[Path]:
    first, last = day_of(start), day_of(max(start, end - 1))
    days = (day for day in sorted(folder.glob("day=*")) if first <= day.name[4:] <= last)
    return [path for day in days for path in sorted(day.glob("[!.]*.parquet"))]


def _read(path: Path, columns: Sequence[str], where: Any) -> pa.Table:
    try:
        return ds.dataset(path, format="parquet").to_table(columns=list(columns), filter=where)
    except FileNotFoundError:
        raise
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise Corrupt(
            f"{path} is damaged or cut off ({reason}).", fix="Run: loupe lake --rebuild."
        ) from error
