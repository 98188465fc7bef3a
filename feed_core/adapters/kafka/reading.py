"""Reads records from given offsets on, without being a member of any group."""

import threading
from collections.abc import Mapping
from time import monotonic

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from feed_core.adapters.kafka.clients import CLIENT
from feed_core.adapters.kafka.errors import TIMEOUT_SECONDS, translated, unavailable
from feed_core.ports.event_log import LogRecord

_CONFIG = {
    **CLIENT,
    "group.id": "loupe-reader",  # librdkafka asks for one; nothing is ever committed to it
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "queued.max.messages.kbytes": 16_384,
    "fetch.wait.max.ms": 20,  # another place is read from when the fetch under way has ended
}
_AT_ONCE = 100_000


class Readers:
    """Consumers of one topic each; a thread borrows one, preferably where it already stands, else one that
    rests."""

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._lock = threading.Lock()
        self._idle: dict[str, list[_Reader]] = {}

    def read(self, topic: str, spans: Mapping[int, tuple[int, int]], limit: int) -> list[LogRecord]:
        """Up to ``limit`` records of the partitions, each from the first offset on, at least to the second
        when the limit allows; sorted by partition and offset. Raises ``Unavailable``."""
        reader = self._borrow(topic, {partition: start for partition, (start, _) in spans.items()})
        try:
            records = reader.read(spans, limit)
        except BaseException:
            reader.close()
            raise
        with self._lock:
            self._idle[topic].append(reader)
        return sorted(records, key=lambda record: (record.partition, record.offset))

    def close(self) -> None:
        """Close the idle consumers; no read may be running."""
        with self._lock:
            for readers in self._idle.values():
                while readers:
                    readers.pop().close()

    def _borrow(self, topic: str, starts: Mapping[int, int]) -> "_Reader":
        with self._lock:
            idle = self._idle.setdefault(topic, [])
            if not idle:
                return _Reader(self._brokers, topic)
            order = [(reader.stands != starts, bool(reader.stands)) for reader in idle]
            return idle.pop(order.index(min(order)))


class _Reader:
    """``stands`` is the next offset of each partition that it reads, and empty once it has read to the end:
    then it asks for nothing, where it would keep the broker busy by asking for more fifty times a second."""

    def __init__(self, brokers: str, topic: str) -> None:
        self._consumer = Consumer({**_CONFIG, "bootstrap.servers": brokers})
        self._topic = topic
        self.stands: dict[int, int] = {}

    def read(self, spans: Mapping[int, tuple[int, int]], limit: int) -> list[LogRecord]:
        starts = {partition: start for partition, (start, _) in spans.items()}
        expected = min(limit, sum(end - start for start, end in spans.values()))
        with translated(f"read {self._topic}"):
            if self.stands != starts:
                places = [TopicPartition(self._topic, *place) for place in starts.items()]
                self._consumer.assign(places)
                self.stands = dict(starts)
            ends = {partition: end for partition, (_, end) in spans.items()}
            records = self._take(expected, ends)
            if all(self.stands[partition] >= end for partition, end in ends.items()):
                self._consumer.unassign()
                self.stands = {}
            return records

    def close(self) -> None:
        self._consumer.close()

    def _take(self, expected: int, ends: Mapping[int, int]) -> list[LogRecord]:
        """Ends early where offsets were skipped; an end below ``ends`` is one that was reached before."""
        records: list[LogRecord] = []
        ended: set[int] = set()
        deadline = monotonic() + TIMEOUT_SECONDS
        while len(records) < expected and ended != ends.keys():
            for message in self._consumer.consume(min(expected - len(records), _AT_ONCE), 0.5):
                error = message.error()
                if error is None:
                    records.append(_record(message))
                elif error.code() == KafkaError._PARTITION_EOF:
                    ended.update(_ended(message, ends))
                elif not error.retriable():
                    raise unavailable(f"read {self._topic}", error.str())
            if monotonic() > deadline:
                if not records:
                    raise unavailable(f"read {self._topic}", "nothing came in time")
                break
        for record in records:
            self.stands[record.partition] = max(self.stands[record.partition], record.offset + 1)
        return records


def _ended(message: Message, ends: Mapping[int, int]) -> tuple[int, ...]:
    offset, partition = message.offset(), message.partition()
    assert offset is not None
    assert partition is not None
    return (partition,) if offset >= ends[partition] else ()


def _record(message: Message) -> LogRecord:
    offset, partition = message.offset(), message.partition()
    key, body = message.key(), message.value()
    assert offset is not None
    assert partition is not None
    return LogRecord(offset, int(key or 0), bytes(body or b""), partition)
