"""Where topics end, and which groups there are."""

from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from feed_core.adapters.kafka.errors import ASK_SECONDS, patiently


def partition_count(admin: AdminClient, topic: str) -> int:
    """How many partitions the topic has."""

    def ask() -> int:
        described = admin.list_topics(topic, timeout=ASK_SECONDS).topics[topic]
        if described.error is not None:
            # A topic that was made just now is not known everywhere yet; none would be a wrong answer.
            raise KafkaException(described.error)
        return len(described.partitions)

    return patiently(f"describe {topic}", ask)


def ends(admin: AdminClient, topic: str, partitions: int) -> tuple[int, ...]:
    """Per partition the offset that the next record will get."""
    asked = {TopicPartition(topic, at): OffsetSpec.latest() for at in range(partitions)}

    def ask() -> dict[int, int]:
        answers = admin.list_offsets(asked, request_timeout=ASK_SECONDS)
        return {place.partition: future.result(ASK_SECONDS).offset for place, future in answers.items()}

    # The client goes by the leaders it knows, up to five minutes after others were elected.
    found = patiently(f"say where {topic} ends", ask, lambda: admin.list_topics(topic, timeout=ASK_SECONDS))
    return tuple(found[at] for at in range(partitions))


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
