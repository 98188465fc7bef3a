"""Where groups stand: asked and kept through a consumer of the group that never joins it.

The admin client could ask too, but librdkafka 2.16 crashes there when a coordinator is still loading.
"""

import threading
from collections.abc import Mapping

from confluent_kafka import Consumer, TopicPartition

from feed_core.adapters.kafka.clients import CLIENT
from feed_core.adapters.kafka.errors import ASK_SECONDS, patiently

_CONFIG = {**CLIENT, "enable.auto.commit": False, "enable.auto.offset.store": False}


class Standing:
    """One consumer a group, made when it is first named. Safe to use from many threads."""

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._lock = threading.Lock()
        self._consumers: dict[str, Consumer] = {}

    def committed(self, group: str, topic: str, partitions: int) -> tuple[int, ...]:
        """Where the group goes on; 0 where it has never committed."""
        consumer = self._of(group)
        asked = [TopicPartition(topic, at) for at in range(partitions)]

        def ask() -> list[TopicPartition]:
            return consumer.committed(asked, timeout=ASK_SECONDS)

        found = {place.partition: place.offset for place in patiently(f"say where {group} stands", ask)}
        return tuple(max(0, found.get(at, 0)) for at in range(partitions))

    def commit(self, group: str, topic: str, offsets: Mapping[int, int]) -> None:
        """Set the offset of each partition, for a group that has no members."""
        consumer = self._of(group)
        places = [TopicPartition(topic, *place) for place in offsets.items()]
        patiently(f"keep where {group} stands", lambda: consumer.commit(offsets=places, asynchronous=False))

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for consumer in self._consumers.values():
                consumer.close()
            self._consumers.clear()

    def _of(self, group: str) -> Consumer:
        with self._lock:
            if group not in self._consumers:
                place = {"bootstrap.servers": self._brokers, "group.id": group}
                self._consumers[group] = Consumer({**_CONFIG, **place})
            return self._consumers[group]
