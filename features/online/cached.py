"""Online rows that this process has read, kept in memory until somebody writes them.

A ranking request asks for the same authors, posts and people again and again, and for other pairs of the
same person: these are read together, where the store can. Correct because:
a write through this object changes the kept rows as it changes the store's, one write at a time; a
commit by anybody else is seen through ``version`` and forgets everything; rows read while either
happened are not kept.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from features.definitions import View
from features.online.kept import KeptRows
from features.online.numbers import UNKNOWN, Numbers
from features.online.rows import Entities, Keys, OnlineRows, PackedRows, Rows, ViewState, checked_keys

MAX_ROWS = 200_000
"""Rows kept a view, and keys a kind of entity; what would have more starts again from nothing."""
MOST_TOGETHER = 2_000
"""Pairs of one person that are read together; of somebody with more, those asked for are read."""


class VersionedRows(OnlineRows, Protocol):
    """Online rows that can tell whether anybody else has written."""

    def read_under(self, view: View, first: int, most: int) -> tuple[Keys, Rows] | None:
        """Every row of a view whose keys begin with ``first``; None when there are more than ``most``, when
        some are of another definition, or where the store keeps every row apart."""

    def version(self) -> int:
        """A number that changes when rows were committed other than through this object."""


class CachedOnlineRows:
    """``OnlineRows`` over ``store``, whose rows are kept in memory. Safe to use from many threads."""

    def __init__(self, store: VersionedRows, *, max_rows: int = MAX_ROWS) -> None:
        self._store = store
        self._max_rows = max_rows
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._kept: dict[str, KeptRows] = {}
        self._numbers: dict[Entities, Numbers] = {}
        self._version = store.version()

    def write_many(self, view: View, rows: PackedRows) -> int:
        """See ``OnlineRows.write_many``."""
        with self._writing:
            written = self._store.write_many(view, rows)
            with self._lock:
                self._kept_of(view).replace(checked_keys(view, rows.keys), rows.matrix, rows.event_times)
        return written

    def read_many(self, view: View, keys: Keys, *, names: bool = False) -> Rows:
        """See ``OnlineRows.read_many``; words of hashtags are not kept and come from the store."""
        if names:
            return self._store.read_many(view, keys, names=True)
        return self.read_views((view,), {view.entities: keys})[view.name]

    def read_views(self, views: Sequence[View], keys: Mapping[Entities, Keys]) -> dict[str, Rows]:
        """See ``OnlineRows.read_views``: one look for other writers, one look-up of each kind of keys."""
        one_of = {view.entities: view for view in views}
        checked = {entities: checked_keys(view, keys[entities]) for entities, view in one_of.items()}
        with self._lock:
            self._look_for_other_writers()
            numbers = {entities: self._numbers_of(entities).of(some) for entities, some in checked.items()}
            read: dict[str, Rows] = {}
            for view in views:
                kept = self._kept_of(view)
                places = kept.places(checked[view.entities], numbers[view.entities])
                if places.all():
                    read[view.name] = kept.rows(places)
        return read | {v.name: self._read(v, checked[v.entities]) for v in views if v.name not in read}

    def state(self, view: View) -> ViewState:
        """See ``OnlineRows.state``."""
        return self._store.state(view)

    def foreign_rows(self) -> dict[str, int]:
        """See ``OnlineRows.foreign_rows``."""
        return self._store.foreign_rows()

    def drop(self, view: View) -> None:
        """See ``OnlineRows.drop``."""
        self._store.drop(view)
        with self._lock:
            self._kept_of(view).clear()

    def close(self) -> None:
        """See ``OnlineRows.close``."""
        self._store.close()

    def _read(self, view: View, keys: Keys) -> Rows:
        """The rows of ``keys`` (n, k), some of which may be unknown, that are kept from now on."""
        with self._lock:
            kept = self._kept_of(view)
            places, generation = kept.places(keys, kept.numbers.of(keys)), kept.generation
            if places.all():
                return kept.rows(places)
        absent, fresh, whole = self._fresh(view, keys[places == UNKNOWN])
        with self._lock:
            if kept.generation == generation:
                self._make_room(view.entities, len(absent))
                kept.keep(absent, fresh, whole)
                places = kept.places(keys, kept.numbers.of(keys))
                if places.all():
                    return kept.rows(places, fresh.foreign)
        return self._store.read_many(view, keys)

    def _fresh(self, view: View, absent: Keys) -> tuple[Keys, Rows, set[int]]:
        """Rows from the store that answer for ``absent``, and of which first keys these are all there are."""
        first = int(absent[0, 0])
        if (absent[:, 0] == first).all():
            together = self._store.read_under(view, first, MOST_TOGETHER)
            if together is not None:
                return *together, {first}
        return absent, self._store.read_many(view, absent), set()

    def _kept_of(self, view: View) -> KeptRows:
        kept = self._kept.get(view.name)
        if kept is None or kept.view != view:
            numbers = self._numbers_of(view.entities)
            kept = self._kept[view.name] = KeptRows(view, numbers, self._max_rows)
        return kept

    def _numbers_of(self, entities: Entities) -> Numbers:
        return self._numbers.setdefault(entities, Numbers())

    def _make_room(self, entities: Entities, count: int) -> None:
        """Number the keys anew where ``count`` more would be too many; every view of them starts again."""
        numbers = self._numbers_of(entities)
        if len(numbers) + count > self._max_rows:
            numbers.clear()
            for kept in self._kept.values():
                if kept.numbers is numbers:
                    kept.clear()

    def _look_for_other_writers(self) -> None:
        version = self._store.version()
        if version != self._version:
            self._version = version
            for kept in self._kept.values():
                kept.clear()
