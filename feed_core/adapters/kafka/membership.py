"""Membership in a consumer group: Kafka deals a topic's partitions out to the processes that consume it.

The member never fetches: it holds its partitions, paused, and commits. Records are read by offset
beside it, so that a batch is bounded by the consumer that handles it and not by the client's buffers.

Nobody else can move the place of a partition while it is dealt to a member (the broker refuses), so the
member knows where it stands once it has asked or committed.
"""

import threading
from time import monotonic

import structlog
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
REJOIN_SECONDS = 15.0
"""A group forms within its members' session timeout. A client that was dealt nothing for longer, as after a
broker died while it joined, waits for what never comes: another takes its place."""
_log = structlog.get_logger("loupe.kafka")


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
        self._places: dict[int, int | None] = {}  # of the partitions that are its own; None: not known yet
        self._config = {**_CONFIG, "bootstrap.servers": brokers, "group.id": group}
        self._consumer = self._join()
        self._leaving = threading.Thread()
        self._lock = threading.Lock()

    def owned(self) -> frozenset[int]:
        """The partitions that are this process's now; waits for the first deal."""
        began = monotonic()
        deadline, rejoin = began + TIMEOUT_SECONDS, began + REJOIN_SECONDS
        with self._lock, translated(f"deal out {self._topic}"):
            self._consumer.poll(0)
            while not self._dealt:
                if (now := monotonic()) > deadline:
                    raise unavailable(f"deal out {self._topic}", "the group did not form in time")
                if now > rejoin and not self._leaving.is_alive():
                    self._join_anew()
                    rejoin = now + REJOIN_SECONDS
                self._consumer.poll(0.1)
            return frozenset(self._places)

    def places(self) -> dict[int, int]:
        """Where the group goes on in its partitions, as far as it is known here."""
        with self._lock:
            return {at: place for at, place in self._places.items() if place is not None}

    def learn(self, offsets: Offsets) -> None:
        """What the broker said of all partitions; what is known of its own already stays."""
        with self._lock:
            for at, place in self._places.items():
                self._places[at] = offsets[at] if place is None else place

    def commit(self, offsets: Offsets) -> None:
        """Commit the owned partitions; refused (``Unavailable``) when they were dealt anew meanwhile."""
        with self._lock, translated(f"keep where a group stands in {self._topic}"):
            places = [TopicPartition(self._topic, at, offsets[at]) for at in self._places]
            self._places = dict.fromkeys(self._places)
            if places:
                self._consumer.commit(offsets=places, asynchronous=False)
            self._places = {place.partition: place.offset for place in places}

    def close(self) -> None:
        """Leave the group."""
        with self._lock:
            self._consumer.close()

    def _join(self) -> Consumer:
        consumer = Consumer(self._config)
        consumer.subscribe([self._topic], on_assign=self._on_assign, on_revoke=self._on_revoke)
        return consumer

    def _join_anew(self) -> None:
        """With another client; the one before leaves beside, as it may wait again for what never comes."""
        _log.warning("joins its group anew", group=self._config["group.id"], topic=self._topic)
        before, self._consumer = self._consumer, self._join()
        self._leaving = threading.Thread(target=before.close, name="loupe-leave", daemon=True)
        self._leaving.start()

    def _on_assign(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        if consumer is not self._consumer:
            return
        consumer.incremental_assign(places)
        consumer.pause(places)
        self._places.update(dict.fromkeys(place.partition for place in places))
        self._dealt = True

    def _on_revoke(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        if consumer is self._consumer:
            for place in places:
                self._places.pop(place.partition, None)
