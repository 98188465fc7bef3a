"""One topic of the event log, read on from where the reader stands.

A record that this release cannot read, such as an action that a newer one logs, is left out and told in the
log: one of them must not keep all that comes after it from being ranked by.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec
import structlog

from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, LogRecord, Offsets, after

_log = structlog.get_logger("loupe.freshness")
Record = TypeVar("Record")
BATCH = 5_000


class Tail(Generic[Record]):
    """Records of ``kind``. The place is in memory; it moves when a batch has been dealt with.

    ``offsets`` is the place of the next record, ``ahead`` the one behind the batch in hand.
    """

    def __init__(self, events: EventLog, topic: Topic, kind: type[Record]) -> None:
        self.offsets: Offsets = (0,) * len(events.end(topic))
        self.ahead = self.offsets
        self._events = events
        self._topic = topic
        self._decode = msgspec.msgpack.Decoder(kind).decode

    def seek(self, since: int, time_of: Callable[[Record], int]) -> None:
        """Stand, in each partition, before the first record whose ``time_of`` (ms) is ``since`` or later.

        Found by halving, so records must lie about in order of that time; it stands before one that cannot
        be read.
        """
        end = self._events.end(self._topic)
        self.offsets = tuple(self._first(end, partition, since, time_of) for partition in range(len(end)))

    def batches(self, most: int = BATCH) -> Iterator[list[Record]]:
        """What has been appended, up to now, up to ``most`` at once; a batch whose handling fails comes
        again."""
        while records := self._events.read(self._topic, self.offsets, most):
            self.ahead = after(self.offsets, records)
            yield [read for record in records if (read := self._read(record)) is not None]
            self.offsets = self.ahead

    def _read(self, record: LogRecord) -> Record | None:
        try:
            return self._decode(record.body)
        except ValueError as error:
            place = {"topic": self._topic, "partition": record.partition, "offset": record.offset}
            _log.warning("record left out", **place, error=str(error))
            return None

    def _first(self, end: Offsets, partition: int, since: int, time_of: Callable[[Record], int]) -> int:
        low, high = 0, end[partition]
        while low < high:
            middle = (low + high) // 2
            alone = (*end[:partition], middle, *end[partition + 1 :])
            found = self._events.read(self._topic, alone, 1)
            read = self._read(found[0]) if found else None
            if read is not None and time_of(read) < since:
                low = middle + 1
            else:
                high = middle
        return low
