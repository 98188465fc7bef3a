"""Counts as events arrive: the online rows that the batch would write, an hour and not a day later."""

import threading
from collections.abc import Iterable, Sequence

from features.counters import ViewCounters
from features.definitions import MAX_WINDOW_MS, SLICE_MS, WINDOWED, View, slice_of
from features.event_columns import EventColumns, columns_of, join
from features.online.rows import OnlineRows, PackedRows
from feed_core.model.events import Event


class StreamUpdater:
    """Counts events and writes the rows that change. Equals the offline rows at the same time.

    State is in memory and comes back from the events of the log (``restore``). Safe to use from many
    threads. Each event is to be added once; which ones were is for the log's offset to say.
    """

    def __init__(self, online: OnlineRows, views: Sequence[View] = WINDOWED) -> None:
        self._online = online
        self._counters = [ViewCounters(view) for view in views]
        self._arrived: list[EventColumns] = []
        self._later: list[EventColumns] = []
        self._unwritten: list[tuple[View, PackedRows]] = []
        self._slice = 0
        self._lock = threading.Lock()

    @classmethod
    def restore(cls, online: OnlineRows, batches: Iterable[Sequence[Event]], now: int) -> "StreamUpdater":
        """An updater that has counted ``batches``: all events since ``needed_since(online, now)``."""
        updater = cls(online)
        for events in batches:
            updater.add(events)
        updater.advance(now)
        return updater

    def add(self, events: Sequence[Event]) -> None:
        """Take note of events; they count once their slice is over and ``advance`` is called."""
        self.add_columns(columns_of(events))

    def add_columns(self, events: EventColumns) -> None:
        """``add`` for events that are columns already, such as those of the lake."""
        with self._lock:
            self._arrived.append(events)

    def advance(self, now: int) -> int:
        """Bring the online rows to the moment ``now`` (ms); returns how many rows were written.

        A step back does nothing. When the write fails, nothing is lost: the next call writes again.
        """
        with self._lock:
            target = slice_of(now)
            if target < self._slice:
                return 0
            entering, before = self._entering(target), self._slice
            self._slice = target
            self._unwritten += [(c.view, c.step(entering, before, target)) for c in self._counters]
            written = 0
            while self._unwritten:
                view, rows = self._unwritten[0]
                self._online.write_many(view, rows)
                written += len(self._unwritten.pop(0)[1].keys)
            return written

    def _entering(self, target: int) -> EventColumns:
        """The events of slices before ``target`` that have not counted yet. Those that were too young the
        last time are looked at again when a slice is over."""
        if target != self._slice:
            self._arrived, self._later = [*self._later, *self._arrived], []
        arrived, self._arrived = join(self._arrived), []
        over = arrived.slice < target
        self._later.append(arrived.where(~over))
        return arrived.where(over)


def needed_since(online: OnlineRows, now: int, views: Sequence[View] = WINDOWED) -> int:
    """The time (ms) from which ``StreamUpdater.restore`` needs events, so that no old count stays behind.

    That is the longest window before the newest row online: an event which left its window while
    nobody was counting has to be taken out.
    """
    states = [online.state(view) for view in views]
    newest = min((state.newest for state in states if state.rows), default=now)
    return max(0, min(newest, now) // SLICE_MS * SLICE_MS - MAX_WINDOW_MS - SLICE_MS)
