"""Rows of one view in memory, in arrays by the number of their key."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from features.definitions import View
from features.online.lists import Lists, gathered
from features.online.numbers import NO_ROW, UNKNOWN, Numbers, grown
from features.online.rows import Keys, Rows

_FIRST_ROOM = 1024
Places = NDArray[np.intp]


class KeptRows:
    """Not safe by itself: its owner holds a lock. ``generation`` changes with every loss of a row.

    ``numbers`` may be shared with other views. Of keys that begin with one in ``whole`` every row is kept, so
    one that is not known has no row. At most ``max_rows`` are kept one after the other.
    """

    def __init__(self, view: View, numbers: Numbers, max_rows: int) -> None:
        self.view, self.numbers = view, numbers
        self.generation = 0
        self.whole: set[int] = set()
        self._max_rows = max_rows
        self.clear()

    def clear(self) -> None:
        """Forget every row."""
        self.generation += 1
        self.whole.clear()
        self._rows = 0
        self._known = np.zeros(_FIRST_ROOM, np.bool_)
        self._known[NO_ROW] = True
        self._matrix = np.full((_FIRST_ROOM, self.view.width), np.nan, np.float32)
        self._times, self._starts, self._lengths = (np.zeros(_FIRST_ROOM, np.int64) for _ in range(3))
        self._items = 0
        self._ids, self._weights = np.empty(0, np.int64), np.empty(0, np.float32)

    def forget(self, keys: Keys) -> None:
        """Forget the rows of ``keys`` (n, k)."""
        self.generation += 1
        self.whole.difference_update(keys[:, 0].tolist())
        self._make_room()
        self._known[self.numbers.of(keys)] = False

    def replace(self, keys: Keys, matrix: NDArray[np.float32], times: NDArray[np.int64]) -> None:
        """Bring the kept ones among ``keys`` (n, k) to rows that were written: newer wins, as in the store.

        Rows with lists, and keys that are written more than once, are forgotten instead.
        """
        self._make_room()
        numbers = self.numbers.of(keys)
        known = self._known[numbers]
        kept = numbers[known]
        if self.view.list_field is not None or len(np.unique(kept)) < len(kept):
            self.forget(keys)
            return
        self.forget(keys[~known])
        newer = times[known] >= self._times[kept]
        self._matrix[kept[newer]], self._times[kept[newer]] = matrix[known][newer], times[known][newer]

    def places(self, keys: Keys, numbers: Places) -> Places:
        """Where the rows of ``keys`` (n, k) with these ``numbers`` lie: (n,), ``UNKNOWN`` for those of which
        nothing is known."""
        self._make_room()
        places = np.where(self._known[numbers], numbers, UNKNOWN)
        if self.whole and not places.all():
            unknown = np.flatnonzero(places == UNKNOWN)
            firsts = keys[unknown, 0].tolist()
            absent = np.fromiter(map(self.whole.__contains__, firsts), np.bool_, len(firsts))
            places[unknown[absent]] = NO_ROW
        return places

    def keep(self, keys: Keys, rows: Rows, whole: Collection[int] = ()) -> None:
        """Keep what the store said about ``keys`` (n, k), also that there is no row; of keys that begin with
        one of ``whole``, these are all that have one."""
        count = len(keys) + len(whole)
        if self._rows + count > self._max_rows:
            self.clear()
        self._rows += count
        self.whole.update(whole)
        numbers = self.numbers.give(keys)
        self._make_room()
        self._known[numbers] = True
        self._matrix[numbers], self._times[numbers] = rows.matrix, rows.event_times
        if rows.lists is not None:
            self._keep_lists(numbers, rows.lists)

    def rows(self, places: Places, foreign: int = 0) -> Rows:
        """The rows in ``places`` (n,), none of which is ``UNKNOWN``."""
        lists = None
        if self.view.list_field is not None:
            lists = gathered(self._ids, self._weights, self._starts[places], self._lengths[places])
        return Rows(self._matrix.take(places, axis=0), self._times[places], lists, foreign)

    def _keep_lists(self, numbers: Places, lists: Lists) -> None:
        """Items lie one behind the other; those of a row that is kept again are left behind."""
        first, self._items = self._items, self._items + len(lists.ids)
        self._ids, self._weights = grown(self._ids, self._items), grown(self._weights, self._items)
        self._ids[first : self._items], self._weights[first : self._items] = lists.ids, lists.weights
        self._starts[numbers], self._lengths[numbers] = first + lists.offsets[:-1], lists.lengths

    def _make_room(self) -> None:
        """For every number that was given, by other views too."""
        size = self.numbers.end
        if size > len(self._known):
            self._matrix, self._times = grown(self._matrix, size), grown(self._times, size)
            self._starts, self._lengths = grown(self._starts, size), grown(self._lengths, size)
            self._known = grown(self._known, size)
