"""The event log on Kafka: a topic each, keyed by user, read by offsets, consumed by groups."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from threading import Event

from confluent_kafka.admin import AdminClient

from feed_core.adapters.kafka import offsets as places
from feed_core.adapters.kafka.clients import CLIENT
from feed_core.adapters.kafka.gathering import Gatherer
from feed_core.adapters.kafka.membership import Members
from feed_core.adapters.kafka.reading import Readers
from feed_core.adapters.kafka.standing import Standing
from feed_core.adapters.kafka.topics import make_topics
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.adapters.kafka.writing import Writer
from feed_core.model.events import Topic
from feed_core.ports.event_log import LogRecord, Offsets


class KafkaEventLog:
    """Implements ``ports.event_log.EventLog``. Safe to use from many threads.

    Makes the topics that are absent. Raises ``Unavailable`` when the brokers do not answer in time.
    """

    def __init__(self, url: KafkaUrl) -> None:
        self._url = url
        self._admin = AdminClient({**CLIENT, "bootstrap.servers": url.brokers})
        make_topics(self._admin, url)
        away = Event()
        self._writer = Writer(url.brokers, away)
        self._gatherer = Gatherer(url.brokers, away)
        self._readers = Readers(url.brokers)
        self._members, self._standing = Members(url.brokers), Standing(url.brokers)
        self._partitions = cache(lambda topic: places.partition_count(self._admin, topic))

    def append(self, topic: Topic, records: Sequence[tuple[int, bytes]]) -> None:
        self.send({topic: records})()

    def send(
        self, batches: Mapping[Topic, Sequence[tuple[int, bytes]]], *, gathered: bool = False
    ) -> Callable[[], None]:
        named = {self._url.topic(topic): records for topic, records in batches.items()}
        if gathered:
            return self._gatherer.send(named)
        self._gatherer.let_by(named)
        return self._writer.send(named)

    def read(self, topic: Topic, offsets: Offsets, limit: int, end: Offsets | None = None) -> list[LogRecord]:
        end = self.end(topic) if end is None else end
        spans = {
            at: (start, stop)
            for at, (start, stop) in enumerate(zip(offsets, end, strict=True))
            if start < stop
        }
        return self._readers.read(self._url.topic(topic), spans, limit) if spans and limit > 0 else []

    def end(self, topic: Topic) -> Offsets:
        return self.ends([topic])[topic]

    def ends(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        return self._places(places.ends, topics)

    def begins(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        return self._places(places.begins, topics)

    def committed(self, group: str, topic: Topic) -> Offsets:
        name, identity = self._url.topic(topic), self._url.group(group, topic)
        owner, partitions = self._members.find(identity), self._partitions(name)
        known = owner.places() if owner else {}
        if len(known) == partitions:
            return tuple(known[at] for at in range(partitions))
        offsets = self._standing.committed(identity, name, partitions)
        if owner is not None:
            owner.learn(offsets)
        return offsets

    def commit(self, group: str, topic: Topic, offsets: Offsets) -> None:
        name, owner = self._url.topic(topic), self._members.find(self._url.group(group, topic))
        if owner is not None:
            owner.commit(offsets)
        else:
            self._standing.commit(self._url.group(group, topic), name, dict(enumerate(offsets)))

    def claim(self, group: str, topic: Topic) -> frozenset[int]:
        return self._members.join(self._url.group(group, topic), self._url.topic(topic)).owned()

    def groups(self, topic: Topic) -> list[str]:
        return places.groups(self._admin, f"{self._url.prefix}.", f".{topic}")

    def _places(self, ask: places.Ask, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        names = {topic: self._url.topic(topic) for topic in topics}
        found = ask(self._admin, {name: self._partitions(name) for name in names.values()})
        return {topic: found[name] for topic, name in names.items()}

    def close(self) -> None:
        """Leave the groups, wait for what is on its way, close the connections."""
        self._members.close()
        self._standing.close()
        self._writer.close()
        self._gatherer.close()
        self._readers.close()
