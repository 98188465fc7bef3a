"""The append-only log that everything downstream reads."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from feed_core.model.events import Topic


class LogRecord(NamedTuple):
    """One record: ``key`` is the user whose order is kept, ``body`` is msgpack of an event record."""

    offset: int
    key: int
    body: bytes


class EventLog(Protocol):
    """Topics of ordered records, read from an offset, consumed by groups that commit."""

    def append(self, topic: Topic, records: Sequence[tuple[int, bytes]]) -> int:
        """Append (key, body) records, all or none; returns the offset after the last."""

    def read(self, topic: Topic, offset: int, limit: int) -> list[LogRecord]:
        """Up to ``limit`` records from ``offset`` on."""

    def end(self, topic: Topic) -> int:
        """The offset that the next record will get; the first record has offset 0."""

    def committed(self, group: str, topic: Topic) -> int:
        """The offset at which the group goes on; 0 for a new group."""

    def commit(self, group: str, topic: Topic, offset: int) -> None:
        """Remember that everything below ``offset`` has taken effect."""
