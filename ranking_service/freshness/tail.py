"""One topic of the event log, read on from where the reader stands."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog

Record = TypeVar("Record")
BATCH = 5_000


class Tail(Generic[Record]):
    """Records of ``kind``. The position is in memory; it moves when a batch has been dealt with."""

    def __init__(self, events: EventLog, topic: Topic, kind: type[Record]) -> None:
        self.offset = 0
        self._events = events
        self._topic = topic
        self._decode = msgspec.msgpack.Decoder(kind).decode

    def seek(self, since: int, time_of: Callable[[Record], int]) -> None:
        """Stand before the first record whose ``time_of`` (ms) is ``since`` or later.

        Found by halving, so records must lie about in order of that time.
        """
        low, high = 0, self._events.end(self._topic)
        while low < high:
            middle = (low + high) // 2
            found = self._events.read(self._topic, middle, 1)
            if found and time_of(self._decode(found[0].body)) < since:
                low = middle + 1
            else:
                high = middle
        self.offset = low

    def batches(self) -> Iterator[list[Record]]:
        """What has been appended, up to now; a batch whose handling fails comes again."""
        while records := self._events.read(self._topic, self.offset, BATCH):
            yield [self._decode(record.body) for record in records]
            self.offset = records[-1].offset + 1
