"""The only package that knows which adapter stands behind each port."""

from feed_core.stores.embedded import FILE_NAME, open_stores
from feed_core.stores.production import (
    KafkaTopics,
    empty_production,
    kafka_topics,
    open_events,
    open_production,
)
from feed_core.stores.stores import Stores
from feed_core.stores.upkeep import (
    DeadWrite,
    dead_writes,
    migrate_postgres,
    move_postgres_shard,
    retry_writes,
)

__all__ = [
    "FILE_NAME",
    "DeadWrite",
    "KafkaTopics",
    "Stores",
    "dead_writes",
    "empty_production",
    "kafka_topics",
    "migrate_postgres",
    "move_postgres_shard",
    "open_events",
    "open_production",
    "open_stores",
    "retry_writes",
]
