"""Cuts the rows of all tables into slices of time, so that they go in in the order they happened."""

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from feed_core.model.clock import DAY
from pipelines.importing.tables import TIME_OF, ImportTables

MAX_ROWS = 5_000


def slices(tables: ImportTables, max_rows: int = MAX_ROWS, max_ms: int = DAY) -> Iterator[ImportTables]:
    """Slices of checked ``tables`` (sorted by time) of about ``max_rows`` rows and at most ``max_ms``.

    Rows of the same millisecond are never parted, so a slice may be larger.
    """
    times = np.sort(
        np.concatenate([getattr(tables, name)[time].to_numpy() for name, time in TIME_OF.items()])
    )
    start = 0
    while start < len(times):
        end = _end(times, start, max_rows, max_ms)
        yield _between(tables, int(times[start]), int(times[end - 1]))
        start = end


def _end(times: "np.ndarray[tuple[int], np.dtype[np.int64]]", start: int, max_rows: int, max_ms: int) -> int:
    """The index after the slice that begins at ``start``."""
    end = min(start + max_rows, int(np.searchsorted(times, times[start] + max_ms)))
    if end >= len(times):
        return len(times)
    before = int(np.searchsorted(times, times[end], "left"))
    return before if before > start else int(np.searchsorted(times, times[end], "right"))


def _between(tables: ImportTables, first: int, last: int) -> ImportTables:
    """The rows with ``first`` <= time <= ``last``."""
    parts = {}
    for one in fields(tables):
        frame = getattr(tables, one.name)
        times = frame[TIME_OF[one.name]].to_numpy()  # type: ignore[index]
        parts[one.name] = frame.iloc[np.searchsorted(times, first) : np.searchsorted(times, last, "right")]
    return ImportTables(**parts)
