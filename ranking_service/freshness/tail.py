"""One topic of the event log, read on from where the reader stands."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, Offsets, after

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

        Found by halving, so records must lie about in order of that time.
        """
        end = self._events.end(self._topic)
        self.offsets = tuple(self._first(end, partition, since, time_of) for partition in range(len(end)))

    def batches(self, most: int = BATCH) -> Iterator[list[Record]]:
        """What has been appended, up to now, up to ``most`` at once; a batch whose handling fails comes
        again."""
        while records := self._events.read(self._topic, self.offsets, most):
            self.ahead = after(self.offsets, records)
            yield [self._decode(record.body) for record in records]
            self.offsets = self.ahead

    def _first(self, end: Offsets, partition: int, since: int, time_of: Callable[[Record], int]) -> int:
        low, high = 0, end[partition]
        while low < high:
            middle = (low + high) // 2
            alone = (*end[:partition], middle, *end[partition + 1 :])
            found = self._events.read(self._topic, alone, 1)
            if found and time_of(self._decode(found[0].body)) < since:
                low = middle + 1
            else:
                high = middle
        return low
