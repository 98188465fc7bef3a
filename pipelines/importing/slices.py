"""Cuts the rows of all tables into slices of time, so that they go in in the order they happened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from feed_core.model.clock import DAY
from pipelines.importing.tables import COLUMNS, TIME_OF, ImportTables, TableName

MAX_ROWS = 5_000
Rows = Sequence[Any]
"""Rows of a normalised table as named tuples."""
Times = np.ndarray[tuple[int], np.dtype[np.int64]]


class Slice(NamedTuple):
    """Rows by table, in order of time; the last of them happened at ``until`` (ms)."""

    rows: Mapping[TableName, Rows]
    until: int

    def __len__(self) -> int:
        """How many rows there are in all tables."""
        return sum(map(len, self.rows.values()))


def slices(tables: ImportTables, max_rows: int = MAX_ROWS, max_ms: int = DAY) -> Iterator[Slice]:
    """Slices of checked ``tables`` (sorted by time) of about ``max_rows`` rows and at most ``max_ms``.

    Rows of the same millisecond are never parted, so a slice may be larger.
    """
    frames = {name: getattr(tables, name) for name in COLUMNS}
    rows = {name: list(frame.itertuples(index=False, name="Row")) for name, frame in frames.items()}
    times: dict[TableName, Times] = {name: frame[TIME_OF[name]].to_numpy() for name, frame in frames.items()}
    untils = _untils(np.sort(np.concatenate(list(times.values()))), max_rows, max_ms)
    ends = {name: np.searchsorted(at, untils, "right") for name, at in times.items()}
    starts = dict.fromkeys(rows, 0)
    for number, until in enumerate(untils):
        stops = {name: int(ends[name][number]) for name in rows}
        yield Slice({name: rows[name][starts[name] : stops[name]] for name in rows}, until)
        starts = stops


def _untils(times: Times, max_rows: int, max_ms: int) -> list[int]:
    """The time of the last row of each slice."""
    untils, start = [], 0
    while start < len(times):
        start = _end(times, start, max_rows, max_ms)
        untils.append(int(times[start - 1]))
    return untils


def _end(times: Times, start: int, max_rows: int, max_ms: int) -> int:
    """The index after the slice that begins at ``start``."""
    end = min(start + max_rows, int(np.searchsorted(times, times[start] + max_ms)))
    if end >= len(times):
        return len(times)
    before = int(np.searchsorted(times, times[end], "left"))
    return before if before > start else int(np.searchsorted(times, times[end], "right"))
