"""Rows of one view in memory: a dictionary from key to slot, and arrays of slots."""

from itertools import repeat
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from features.definitions import View
from features.online.keys import hashable
from features.online.lists import Lists
from features.online.rows import Keys, Rows

_FIRST_SLOTS = 1024
_NO_ROW = 0
"""The slot of a row that is known not to be there."""
Array = TypeVar("Array", bound=NDArray[Any])


class KeptRows:
    """Not safe by itself: its owner holds a lock. ``generation`` changes with every loss of a row.

    Of pairs that begin with a key in ``whole`` every row is kept, so a pair without a slot has no row.
    """

    def __init__(self, view: View, max_rows: int) -> None:
        self.view = view
        self.generation = 0
        self.whole: set[int] = set()
        self._max_rows = max_rows
        self.clear()

    def clear(self) -> None:
        """Forget every row."""
        self.generation += 1
        self.whole.clear()
        self._slot_of: dict[object, int] = {}
        self._matrix = np.full((_FIRST_SLOTS, self.view.width), np.nan, np.float32)
        self._times = np.zeros(_FIRST_SLOTS, np.int64)
        self._offsets = np.zeros(_FIRST_SLOTS + 1, np.int64)
        self._ids, self._weights = np.empty(0, np.int64), np.empty(0, np.float32)
        self._used = _NO_ROW + 1

    def forget(self, keys: Keys) -> None:
        """Forget the rows of ``keys`` (n, k)."""
        self.generation += 1
        self.whole.difference_update(keys[:, 0].tolist())
        for key in hashable(keys):
            self._slot_of.pop(key, None)

    def replace(self, keys: Keys, matrix: NDArray[np.float32], times: NDArray[np.int64]) -> None:
        """Bring the kept ones among ``keys`` (n, k) to rows that were written: newer wins, as in the store.

        Rows with lists, and keys that are written more than once, are forgotten instead.
        """
        slots = self._slots(keys)
        kept = np.flatnonzero(slots > _NO_ROW)
        if self.view.list_field is not None or len(np.unique(slots[kept])) < len(kept):
            self.forget(keys)
            return
        self.generation += 1
        self.forget(keys[slots <= _NO_ROW])
        newer = kept[times[kept] >= self._times[slots[kept]]]
        self._matrix[slots[newer]], self._times[slots[newer]] = matrix[newer], times[newer]

    def slots(self, keys: Keys) -> NDArray[np.intp]:
        """Where the rows of ``keys`` (n, k) are kept: (n,), -1 for those of which nothing is known."""
        slots = self._slots(keys)
        if self.whole:
            known = np.fromiter(map(self.whole.__contains__, keys[:, 0].tolist()), np.bool_, len(keys))
            slots[known & (slots < 0)] = _NO_ROW
        return slots

    def keep(self, keys: Keys, rows: Rows) -> None:
        """Keep what the store said about ``keys`` (n, k), also that there is no row."""
        if self._used + len(keys) > self._max_rows:
            self.clear()
        start, self._used = self._used, self._used + len(keys)
        self._matrix, self._times = _room(self._matrix, self._used), _room(self._times, self._used)
        self._matrix[start : self._used], self._times[start : self._used] = rows.matrix, rows.event_times
        if rows.lists is not None:
            self._keep_lists(start, rows.lists)
        self._slot_of.update(zip(hashable(keys), range(start, self._used), strict=True))

    def rows(self, slots: NDArray[np.intp], foreign: int = 0) -> Rows:
        """The rows in ``slots`` (n,), none of them -1."""
        lists = self._lists().take(slots) if self.view.list_field is not None else None
        return Rows(self._matrix[slots], self._times[slots], lists, foreign)

    def _slots(self, keys: Keys) -> NDArray[np.intp]:
        return np.fromiter(map(self._slot_of.get, hashable(keys), repeat(-1)), np.intp, len(keys))

    def _keep_lists(self, start: int, lists: Lists) -> None:
        """The items of slots lie one behind the other, in the order of the slots."""
        self._offsets = _room(self._offsets, self._used + 1)
        first = int(self._offsets[start])
        end = first + len(lists.ids)
        self._offsets[start : self._used + 1] = first + lists.offsets
        self._ids, self._weights = _room(self._ids, end), _room(self._weights, end)
        self._ids[first:end], self._weights[first:end] = lists.ids, lists.weights

    def _lists(self) -> Lists:
        offsets = self._offsets[: self._used + 1]
        return Lists(offsets, self._ids[: offsets[-1]], self._weights[: offsets[-1]])


def _room(array: Array, size: int) -> Array:
    """``array`` if it has ``size`` rows, else a longer one that begins with it."""
    if size <= len(array):
        return array
    longer: Array = np.empty((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)  # type: ignore[assignment]
    longer[: len(array)] = array
    return longer
