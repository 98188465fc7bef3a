"""Where topics begin and end, and which groups there are."""

from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from feed_core.adapters.kafka.errors import ASK_SECONDS, patiently

Ask = Callable[[AdminClient, Mapping[str, int]], dict[str, tuple[int, ...]]]
"""``ends`` or ``begins``."""


def partition_count(admin: AdminClient, topic: str) -> int:
    """How many partitions the topic has."""

    def ask() -> int:
        described = admin.list_topics(topic, timeout=ASK_SECONDS).topics[topic]
        if described.error is not None:
            # A topic that was made just now is not known everywhere yet; none would be a wrong answer.
            raise KafkaException(described.error)
        return len(described.partitions)

    return patiently(f"describe {topic}", ask)


def ends(admin: AdminClient, partitions: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Of each topic, per partition the offset that the next record will get; the topics by how many
    partitions they have."""
    return _found(admin, "ends", partitions, OffsetSpec.latest())


def begins(admin: AdminClient, partitions: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """As ``ends``, the offset of the oldest record that is still kept."""
    return _found(admin, "begins", partitions, OffsetSpec.earliest())


def _found(
    admin: AdminClient, what: str, partitions: Mapping[str, int], spec: OffsetSpec
) -> dict[str, tuple[int, ...]]:
    places = [(topic, at) for topic, count in partitions.items() for at in range(count)]
    asked = {TopicPartition(*place): spec for place in places}

    def ask() -> dict[tuple[str, int], int]:
        answers = admin.list_offsets(asked, request_timeout=ASK_SECONDS)
        return {(at.topic, at.partition): each.result(ASK_SECONDS).offset for at, each in answers.items()}

    def learn() -> None:
        """The client goes by the leaders it knows, up to five minutes after others were elected."""
        for topic in partitions:
            admin.list_topics(topic, timeout=ASK_SECONDS)

    found = patiently(f"say where {', '.join(partitions)} {what}", ask, learn)
    return {topic: tuple(found[topic, at] for at in range(count)) for topic, count in partitions.items()}


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
