"""The rows of one day: split off a batch, freed of what the day already holds, written as a part."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from feed_core.model.clock import DAY, day_of, from_rfc3339
from feed_core.model.errors import Corrupt
from pipelines.lake.atomic import write_atomically
from pipelines.lake.layout import Part, parts_in
from pipelines.lake.tables import Table

LATEST = from_rfc3339("2200-01-01T00:00:00Z")
"""Before this moment (ms) lies every row."""


def in_range(rows: pa.Table, time: str) -> NDArray[np.bool_]:
    """Which rows have a time between 1970 and 2200; another one is a mistake, not a day."""
    moments = rows[time].to_numpy()
    return np.asarray((moments >= 0) & (moments < LATEST))


def days_of(rows: pa.Table, table: Table) -> Iterator[tuple[str, pa.Table]]:
    """(UTC day, its rows by time then key, each key once unless versions are kept)."""
    moments, keys = rows[table.time].to_numpy(), rows[table.key].to_numpy()
    order = np.lexsort((keys, moments))
    if not table.versions:
        _, first_seen = np.unique(keys, return_index=True)
        kept = np.zeros(len(keys), dtype=bool)
        kept[first_seen] = True
        order = order[kept[order]]
    days = moments[order] // DAY
    edges = np.flatnonzero(np.diff(days, prepend=-1, append=-1))
    for start, stop in pairwise(edges):
        yield day_of(int(days[start]) * DAY), rows.take(order[start:stop])


def new_rows(lake: Path, table: Table, day: str, rows: pa.Table) -> pa.Table:
    """Without the rows whose key the day already holds; all of them when versions are kept."""
    if table.versions:
        return rows
    keys = rows[table.key].to_numpy()
    low, high = int(keys.min()), int(keys.max())
    known = [
        _keys(part, table.key)
        for part in parts_in(lake / table.name / f"day={day}")
        if _may_hold(part, table.key, low, high)
    ]
    if not known:
        return rows
    return rows.filter(~np.isin(keys, np.concatenate(known)))


def write_part(rows: pa.Table, path: Path) -> None:
    """Durable zstd Parquet; only text is dictionary-coded, since ids hardly repeat."""
    text = [field.name for field in rows.schema if field.type == pa.string()]
    write_atomically(path, lambda file: pq.write_table(rows, file, compression="zstd", use_dictionary=text))


def open_part(path: Path) -> Any:
    """A ``pyarrow.parquet.ParquetFile``; raises ``Corrupt`` naming a file that is damaged or cut off."""
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _corrupt(path, error) from error


def read_part(part: Part, columns: list[str] | None = None) -> pa.Table:
    """The rows of one part; raises ``Corrupt`` as ``open_part`` does."""
    try:
        return open_part(part.path).read(columns)
    except (pa.ArrowInvalid, OSError) as error:
        raise _corrupt(part.path, error) from error


def _corrupt(path: Path, error: Exception) -> Corrupt:
    reason = str(error).splitlines()[0]
    return Corrupt(
        f"{path} is damaged or cut off ({reason})",
        fix="Run `loupe lake --rebuild` to write the lake again out of the event log.",
    )


def _keys(part: Part, key: str) -> NDArray[np.int64]:
    return np.asarray(read_part(part, [key])[key].to_numpy())


def _may_hold(part: Part, key: str, low: int, high: int) -> bool:
    metadata = open_part(part.path).metadata
    column = metadata.schema.names.index(key)
    ranges = [metadata.row_group(group).column(column).statistics for group in range(metadata.num_row_groups)]
    return any(not r or not r.has_min_max or (r.min <= high and r.max >= low) for r in ranges)
