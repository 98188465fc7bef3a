"""The windowed counters of one view, kept in memory: totals by key, and what will leave them when.

Semantics are those of ``features.definitions.windows``. An event enters when its slice is over and leaves a
counter after the counter's window; a late one enters at the next step, if its window still holds it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.definitions import Count, View, slice_start
from features.event_columns import ACTION_CODES, EventColumns
from features.online.keys import hashable, index_keys
from features.online.rows import PackedRows

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What one slice added: ``sums`` (m, measures) to the rows ``rows`` (m,)."""

    rows: NDArray[np.intp]
    sums: NDArray[np.float64]


_Measure = tuple[tuple[str, ...], Literal["events", "value"]]
"""Actions, and whether they are counted or their values added up."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Which counters reach ``slices`` back, and which measure each of them adds up."""

    slices: int
    counters: NDArray[np.intp]
    measures: NDArray[np.intp]


class ViewCounters:
    """Counters of ``view``. Not safe by itself: one thread adds and steps."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._measures = sorted({(count.actions, count.measure) for count in view.counts})
        windows = sorted({count.slices for count in view.counts})
        self._windows = [_with_window(view.counts, self._measures, window) for window in windows]
        self._longest = windows[-1]
        self._row_of: dict[object, int] = {}
        self._keys = np.zeros((0, len(view.join_keys)), np.int64)
        self._totals = np.zeros((0, len(view.counts)))
        self._changed = np.zeros(0, np.int64)
        self._buckets: dict[int, list[_Bucket]] = {}

    def step(self, events: EventColumns, before: int, now: int) -> PackedRows:
        """Go from slice ``before`` to slice ``now``, with ``events`` of slices below ``now`` entering.

        Returns the rows that changed, each with the start of the last slice at which it changed.
        """
        touched = [self._leave(before, now)]
        for slice_, bucket in self._enter(events):
            touched.append(self._take_in(slice_, bucket, now))
        for slice_ in [s for s in self._buckets if s < now - self._longest]:
            del self._buckets[slice_]
        rows = np.unique(np.concatenate(touched))
        times = slice_start(1) * self._changed[rows]
        changed = PackedRows(self._keys[rows], self._totals[rows].astype(np.float32), times)
        self._compact()
        return changed

    def _leave(self, before: int, now: int) -> NDArray[np.intp]:
        """Take out what was inside a window at ``before`` and is outside at ``now``."""
        touched = [np.zeros(0, np.intp)]
        for window in self._windows:
            first, end = before - window.slices, now - window.slices
            for slice_ in [s for s in self._buckets if first <= s < end]:
                for bucket in self._buckets[slice_]:
                    sums = bucket.sums[:, window.measures]
                    self._totals[np.ix_(bucket.rows, window.counters)] -= sums
                    rows = bucket.rows[sums.any(axis=1)]
                    self._mark(rows, slice_ + window.slices + 1)
                    touched.append(rows)
        return np.concatenate(touched)

    def _take_in(self, slice_: int, bucket: _Bucket, now: int) -> NDArray[np.intp]:
        self._mark(bucket.rows, slice_ + 1)
        for window in self._windows:
            sums = bucket.sums[:, window.measures]
            if slice_ >= now - window.slices:
                self._totals[np.ix_(bucket.rows, window.counters)] += sums
            else:
                self._mark(bucket.rows[sums.any(axis=1)], slice_ + window.slices + 1)
        self._buckets.setdefault(slice_, []).append(bucket)
        return bucket.rows

    def _mark(self, rows: NDArray[np.intp], slice_: int) -> None:
        self._changed[rows] = np.maximum(self._changed[rows], slice_)

    def _enter(self, events: EventColumns) -> list[tuple[int, _Bucket]]:
        """A bucket a slice of the events that this view counts."""
        own = self._own(events)
        if not len(own):
            return []
        rows = self._rows(np.column_stack([getattr(own, key) for key in self.view.join_keys]))
        cells, cell_of = np.unique(own.slice * len(self._keys) + rows, return_inverse=True)
        sums = np.column_stack([_summed(own, cell_of, len(cells), measure) for measure in self._measures])
        slices, first = np.unique(cells // len(self._keys), return_index=True)
        ends = [*first[1:].tolist(), len(cells)]
        return [
            (slice_, _Bucket(cells[start:end] % len(self._keys), sums[start:end]))
            for slice_, start, end in zip(slices.tolist(), first.tolist(), ends, strict=True)
        ]

    def _own(self, events: EventColumns) -> EventColumns:
        codes = [ACTION_CODES[a] for actions, _ in self._measures for a in actions]
        mask = np.isin(events.action, codes)
        for key in self.view.join_keys:
            mask &= getattr(events, key) > 0
        return events.where(mask)

    def _rows(self, keys: Ints) -> NDArray[np.intp]:
        """The row of each key (n, k); keys that are new get one."""
        index = index_keys(keys)
        known, distinct = self._row_of, hashable(index.distinct)
        new = [key for key in distinct if key not in known]
        known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        if new:
            self._keys = np.concatenate((self._keys, np.array(new, np.int64).reshape(len(new), -1)))
            self._totals = np.concatenate((self._totals, np.zeros((len(new), len(self.view.counts)))))
            self._changed = np.concatenate((self._changed, np.zeros(len(new), np.int64)))
        return np.array([known[key] for key in distinct], np.intp)[index.inverse]

    def _compact(self) -> None:
        """Forget the keys that nothing in any window speaks of, once they are more than the others."""
        buckets = [bucket for held in self._buckets.values() for bucket in held]
        if len(self._keys) < 4096:
            return
        alive = np.zeros(len(self._keys), bool)
        for bucket in buckets:
            alive[bucket.rows] = True
        if 2 * alive.sum() > len(alive):
            return
        place = np.cumsum(alive) - 1
        self._keys, self._totals = self._keys[alive], self._totals[alive]
        self._changed = self._changed[alive]
        self._row_of = {key: row for row, key in enumerate(hashable(self._keys))}
        for bucket in buckets:
            bucket.rows[:] = place[bucket.rows]


def _with_window(counts: tuple[Count, ...], measures: list[_Measure], slices: int) -> _Window:
    own = [(i, measures.index((c.actions, c.measure))) for i, c in enumerate(counts) if c.slices == slices]
    return _Window(slices, np.array([c for c, _ in own], np.intp), np.array([m for _, m in own], np.intp))


def _summed(
    events: EventColumns, cell_of: NDArray[np.intp], cells: int, measure: _Measure
) -> NDArray[np.float64]:
    actions, what = measure
    mask = np.isin(events.action, [ACTION_CODES[action] for action in actions])
    weights = np.floor(events.value[mask]) if what == "value" else None
    return np.bincount(cell_of[mask], weights, minlength=cells).astype(np.float64)
