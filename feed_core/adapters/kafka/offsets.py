"""Where topics end and where groups stand."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from feed_core.adapters.kafka.errors import ASK_SECONDS, patiently


def partition_count(admin: AdminClient, topic: str) -> int:
    """How many partitions the topic has."""

    def ask() -> int:
        return len(admin.list_topics(topic, timeout=ASK_SECONDS).topics[topic].partitions)

    return patiently(f"describe {topic}", ask)


def ends(admin: AdminClient, topic: str, partitions: int) -> tuple[int, ...]:
    """Per partition the offset that the next record will get."""
    asked = {TopicPartition(topic, at): OffsetSpec.latest() for at in range(partitions)}

    def ask() -> dict[int, int]:
        answers = admin.list_offsets(asked, request_timeout=ASK_SECONDS)
        return {place.partition: future.result(ASK_SECONDS).offset for place, future in answers.items()}

    found = patiently(f"say where {topic} ends", ask)
    return tuple(found[at] for at in range(partitions))


def committed(admin: AdminClient, group: str, topic: str, partitions: int) -> tuple[int, ...]:
    """Where the group goes on; 0 where it has never committed."""
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, at) for at in range(partitions)])

    def ask() -> Any:
        return _only(admin.list_consumer_group_offsets([asked], request_timeout=ASK_SECONDS))

    answer = patiently(f"say where the group {group} stands", ask)
    found = {place.partition: max(0, place.offset) for place in answer.topic_partitions}
    return tuple(found.get(at, 0) for at in range(partitions))


def commit(admin: AdminClient, group: str, topic: str, places: Mapping[int, int]) -> None:
    """Set the offset of each partition, for a group that has no members."""
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, *place) for place in places.items()])

    def ask() -> Any:
        return _only(admin.alter_consumer_group_offsets([asked], request_timeout=ASK_SECONDS))

    patiently(f"keep where the group {group} stands", ask)


def groups(admin: AdminClient, prefix: str, suffix: str) -> list[str]:
    """The names between ``prefix`` and ``suffix`` of the groups that have both."""

    def ask() -> Any:
        return admin.list_consumer_groups(request_timeout=ASK_SECONDS).result(ASK_SECONDS)

    names = [group.group_id for group in patiently("list its groups", ask).valid]
    return sorted(
        name[len(prefix) : -len(suffix)]
        for name in names
        if name.startswith(prefix) and name.endswith(suffix) and len(name) > len(prefix) + len(suffix)
    )


def _only(answers: Mapping[str, Any]) -> Any:
    (future,) = answers.values()
    return future.result(ASK_SECONDS)
