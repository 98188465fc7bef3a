"""The append-only log that everything downstream reads.

A topic has one or more partitions; a user's records lie in one of them, in the order they were written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from feed_core.model.events import Topic

Offsets = tuple[int, ...]
"""A place in a topic: per partition, the offset of the record that comes next."""
NOWHERE = (1 << 63) - 1
"""An offset behind every end: a partition that is read from there gives nothing."""


class LogRecord(NamedTuple):
    """One record: ``key`` is the user whose order is kept, ``body`` is msgpack of an event record."""

    offset: int
    key: int
    body: bytes
    partition: int = 0


class EventLog(Protocol):
    """Topics of ordered records, read from a place, consumed by groups that commit."""

    def append(self, topic: Topic, records: Sequence[tuple[int, bytes]]) -> None:
        """Append (key, body) records, durable on return. After an error some may be there: repeat all."""

    def send(
        self, batches: Mapping[Topic, Sequence[tuple[int, bytes]]], *, gathered: bool = False
    ) -> Callable[[], None]:
        """As ``append`` for several topics, on its way on return; the answer waits until it is durable.

        ``gathered`` is for who does not wait: they may go a moment later, together with what others send. A
        key's records keep their order as long as a call that does not gather is waited for.
        """

    def read(self, topic: Topic, offsets: Offsets, limit: int, end: Offsets | None = None) -> list[LogRecord]:
        """Up to ``limit`` records from ``offsets`` on: partition by partition, each in its order.

        Offsets below what is still kept stand for the oldest record there is. Who knows an ``end`` of the
        topic spares the log the question: something comes as long as something lies before it.
        """

    def end(self, topic: Topic) -> Offsets:
        """The offsets that the next records will get; the first record of a partition has offset 0."""

    def ends(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        """``end`` of each, in one question."""

    def begins(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        """Of each topic the offsets of the oldest records that are still kept: 0 until a log lets go."""

    def committed(self, group: str, topic: Topic) -> Offsets:
        """Where the group goes on; zeros for a new group."""

    def commit(self, group: str, topic: Topic, offsets: Offsets) -> None:
        """Remember that everything below ``offsets`` has taken effect, in the partitions that are claimed.

        Without a claim that is all of them.
        """

    def claim(self, group: str, topic: Topic) -> frozenset[int]:
        """The partitions that this process consumes for the group now; the others are other processes'."""

    def groups(self, topic: Topic) -> list[str]:
        """The groups that have committed a place in the topic."""


def after(offsets: Offsets, records: Iterable[LogRecord]) -> Offsets:
    """The place behind ``records``, which were read from ``offsets`` on."""
    nexts = list(offsets)
    for record in records:
        nexts[record.partition] = max(nexts[record.partition], record.offset + 1)
    return tuple(nexts)


def only(partitions: Collection[int], offsets: Offsets) -> Offsets:
    """The same place for ``partitions``; of the others there is nothing to read."""
    return tuple(offset if at in partitions else NOWHERE for at, offset in enumerate(offsets))


def between(low: Offsets, high: Offsets) -> int:
    """How many records lie from ``low`` up to ``high``; partitions where ``low`` is ahead count nothing."""
    return sum(max(0, there - here) for here, there in zip(low, high, strict=True))
