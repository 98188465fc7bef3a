"""Membership in a consumer group: Kafka deals a topic's partitions out to the processes that consume it.

The member never fetches: it holds its partitions, paused, and commits. Records are read by offset
beside it, so that a batch is bounded by the consumer that handles it and not by the client's buffers.
"""

import threading
from time import monotonic

from confluent_kafka import Consumer, TopicPartition

from feed_core.adapters.kafka.clients import CLIENT
from feed_core.adapters.kafka.errors import TIMEOUT_SECONDS, translated, unavailable
from feed_core.ports.event_log import Offsets

_CONFIG = {
    **CLIENT,
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "partition.assignment.strategy": "cooperative-sticky",
    "session.timeout.ms": 10_000,
    "heartbeat.interval.ms": 1_000,
    "max.poll.interval.ms": 300_000,
}


class Members:
    """This process's memberships, one a group."""

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}

    def join(self, group: str, topic: str) -> "Member":
        """The membership, made at the first call."""
        with self._lock:
            if group not in self._members:
                self._members[group] = Member(self._brokers, group, topic)
            return self._members[group]

    def find(self, group: str) -> "Member | None":
        """The membership, if this process has one."""
        with self._lock:
            return self._members.get(group)

    def close(self) -> None:
        """Leave all groups, so that others get the partitions at once."""
        with self._lock:
            for member in self._members.values():
                member.close()
            self._members.clear()


class Member:
    """One process's membership in one group of one topic."""

    def __init__(self, brokers: str, group: str, topic: str) -> None:
        self._topic, self._dealt = topic, False
        self._consumer = Consumer({**_CONFIG, "bootstrap.servers": brokers, "group.id": group})
        self._consumer.subscribe([topic], on_assign=self._on_assign)
        self._lock = threading.Lock()

    def owned(self) -> frozenset[int]:
        """The partitions that are this process's now; waits for the first deal."""
        deadline = monotonic() + TIMEOUT_SECONDS
        with self._lock, translated(f"deal out {self._topic}"):
            self._consumer.poll(0)
            while not self._dealt:
                if monotonic() > deadline:
                    raise unavailable(f"deal out {self._topic}", "the group did not form in time")
                self._consumer.poll(0.1)
            return frozenset(place.partition for place in self._consumer.assignment())

    def commit(self, offsets: Offsets) -> None:
        """Commit the owned partitions; refused (``Unavailable``) when they were dealt anew meanwhile."""
        with self._lock, translated(f"keep where a group stands in {self._topic}"):
            owned = [place.partition for place in self._consumer.assignment()]
            places = [TopicPartition(self._topic, at, offsets[at]) for at in owned]
            if places:
                self._consumer.commit(offsets=places, asynchronous=False)

    def close(self) -> None:
        """Leave the group."""
        with self._lock:
            self._consumer.close()

    def _on_assign(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        consumer.incremental_assign(places)
        consumer.pause(places)
        self._dealt = True
