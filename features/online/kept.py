"""Rows of one view in memory: a dictionary from key to slot, and arrays of slots."""

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from features.definitions import View
from features.online.keys import hashable
from features.online.lists import Lists, no_lists, offsets_of
from features.online.rows import Keys, Rows

_FIRST_SLOTS = 1024


class KeptRows:
    """Not safe by itself: its owner holds a lock. ``generation`` changes with every loss of a row."""

    def __init__(self, view: View, max_rows: int) -> None:
        self.view = view
        self.generation = 0
        self._max_rows = max_rows
        self.clear()

    def clear(self) -> None:
        """Forget every row."""
        self.generation += 1
        self._slot_of: dict[object, int] = {}
        self._matrix = np.empty((_FIRST_SLOTS, self.view.width), np.float32)
        self._times = np.empty(_FIRST_SLOTS, np.int64)
        self._ids: list[NDArray[np.int64]] = []
        self._weights: list[NDArray[np.float32]] = []
        self._used = 0

    def forget(self, keys: Keys) -> None:
        """Forget the rows of ``keys`` (n, k)."""
        self.generation += 1
        for key in hashable(keys):
            self._slot_of.pop(key, None)

    def replace(self, keys: Keys, matrix: NDArray[np.float32], times: NDArray[np.int64]) -> None:
        """Bring the kept ones among ``keys`` (n, k) to rows that were written: newer wins, as in the store.

        Rows with lists, and keys that are written more than once, are forgotten instead.
        """
        slots = self.slots(keys)
        kept = np.flatnonzero(slots >= 0)
        if self.view.list_field is not None or len(np.unique(slots[kept])) < len(kept):
            self.forget(keys)
            return
        self.generation += 1
        newer = kept[times[kept] >= self._times[slots[kept]]]
        self._matrix[slots[newer]], self._times[slots[newer]] = matrix[newer], times[newer]

    def slots(self, keys: Keys) -> NDArray[np.intp]:
        """Where the rows of ``keys`` (n, k) are kept: (n,), -1 for those that are not."""
        found = map(self._slot_of.get, hashable(keys), repeat(-1))
        return np.fromiter(found, np.intp, len(keys))

    def keep(self, keys: Keys, rows: Rows) -> None:
        """Keep what the store said about ``keys`` (n, k), also that there is no row."""
        if self._used + len(keys) > self._max_rows:
            self.clear()
        start, self._used = self._used, self._used + len(keys)
        self._grow()
        self._matrix[start : self._used] = rows.matrix
        self._times[start : self._used] = rows.event_times
        if rows.lists is not None:
            cuts = rows.lists.offsets[1:-1]
            self._ids += np.split(rows.lists.ids, cuts)
            self._weights += np.split(rows.lists.weights, cuts)
        self._slot_of.update(zip(hashable(keys), range(start, self._used), strict=True))

    def rows(self, slots: NDArray[np.intp], foreign: int = 0) -> Rows:
        """The rows in ``slots`` (n,), none of them -1."""
        lists = self._lists(slots.tolist()) if self.view.list_field is not None else None
        return Rows(self._matrix[slots], self._times[slots], lists, foreign)

    def _lists(self, slots: list[int]) -> Lists:
        if not slots:
            return no_lists(0)
        ids = [self._ids[slot] for slot in slots]
        weights = [self._weights[slot] for slot in slots]
        return Lists(offsets_of(list(map(len, ids))), np.concatenate(ids), np.concatenate(weights))

    def _grow(self) -> None:
        if self._used > len(self._times):
            size = max(2 * len(self._times), self._used)
            self._matrix = np.concatenate((self._matrix, np.empty((size, self.view.width), np.float32)))
            self._times = np.concatenate((self._times, np.empty(size, np.int64)))
