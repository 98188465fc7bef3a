"""Online rows that this process has read, kept in memory until somebody writes them.

A ranking request asks for the same authors, posts and people again and again, and for other pairs of the
same person: these are read together, where the store can. Correct because:
a write through this object changes the kept rows as it changes the store's, one write at a time; a
commit by anybody else is seen through ``version`` and forgets everything; rows read while either
happened are not kept.
"""

import threading
from typing import Protocol

from features.definitions import View
from features.online.kept import KeptRows
from features.online.rows import Keys, OnlineRows, PackedRows, Rows, ViewState, checked_keys

MAX_ROWS = 200_000
"""Rows kept a view; when they are exceeded, the view starts again from nothing."""
MOST_TOGETHER = 2_000
"""Pairs of one person that are read together; of somebody with more, those asked for are read."""


class VersionedRows(OnlineRows, Protocol):
    """Online rows that can tell whether anybody else has written."""

    def read_under(self, view: View, first: int, most: int) -> tuple[Keys, Rows] | None:
        """Every row of a view of pairs whose keys begin with ``first``; None when there are more than
        ``most``, when some are of another definition, or where the store keeps every pair apart."""

    def version(self) -> int:
        """A number that changes when rows were committed other than through this object."""


class CachedOnlineRows:
    """``OnlineRows`` over ``store``, whose rows are kept in memory. Safe to use from many threads."""

    def __init__(self, store: VersionedRows, *, max_rows: int = MAX_ROWS) -> None:
        self._store = store
        self._max_rows = max_rows
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._kept: dict[str, KeptRows] = {}
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
        checked = checked_keys(view, keys)
        if names:
            return self._store.read_many(view, checked, names=True)
        with self._lock:
            self._look_for_other_writers()
            kept = self._kept_of(view)
            slots, generation = kept.slots(checked), kept.generation
            if (slots >= 0).all():
                return kept.rows(slots)
        absent, fresh, whole = self._fresh(view, checked[slots < 0])
        with self._lock:
            if kept.generation == generation:
                kept.keep(absent, fresh)
                kept.whole |= whole
                slots = kept.slots(checked)
                if (slots >= 0).all():
                    return kept.rows(slots, fresh.foreign)
        return self._store.read_many(view, checked)

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

    def _fresh(self, view: View, absent: Keys) -> tuple[Keys, Rows, set[int]]:
        """Rows from the store that answer for ``absent``, and of whose pairs these are all that there are."""
        first = int(absent[0, 0])
        if absent.shape[1] > 1 and (absent[:, 0] == first).all():
            together = self._store.read_under(view, first, MOST_TOGETHER)
            if together is not None:
                return *together, {first}
        return absent, self._store.read_many(view, absent), set()

    def _kept_of(self, view: View) -> KeptRows:
        kept = self._kept.get(view.name)
        if kept is None or kept.view != view:
            kept = self._kept[view.name] = KeptRows(view, self._max_rows)
        return kept

    def _look_for_other_writers(self) -> None:
        version = self._store.version()
        if version != self._version:
            self._version = version
            for kept in self._kept.values():
                kept.clear()
