"""What the suites open: a fresh SQLite file, fresh topics on the real Kafka, closed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.sqlite.database import Database
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys, fresh_topics


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "contract.sqlite")
    yield database
    database.close()


@pytest.fixture
def kafka_url(kafka_server: Stack) -> Iterator[KafkaUrl]:
    with fresh_topics(kafka_server) as url:
        yield url


@pytest.fixture
def redis_store(redis_server: Stack) -> Iterator[RedisStore]:
    with fresh_keys(redis_server) as store:
        yield store
