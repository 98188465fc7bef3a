"""The stores of the production profile on the test run's servers, in places of the worker's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec import structs

from feed_core.model.ids import DEFAULT_SHARDS
from feed_core.model.servers import Servers
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.cassandra_keyspace import fresh_keyspace
from tests.postgres_shards import migrated
from tests.servers import fresh_keys, fresh_topics


@contextmanager
def own_places(stack: Stack) -> Iterator[Servers]:
    """A keyspace, topics and keys of one's own, removed at the end; the databases come from elsewhere."""
    urls = environment(stack)
    with fresh_keyspace(stack) as cassandra, fresh_topics(stack) as kafka, fresh_keys(stack) as redis:
        address, _, options = urls["LOUPE_CASSANDRA_URL"].partition("?")
        keyspace = f"{address.rpartition('/')[0]}/{cassandra.keyspace}?{options}&timeout_ms=60000"
        yield Servers(
            cassandra_url=keyspace,
            kafka_url=f"kafka://{kafka.brokers}/{kafka.prefix}?partitions={kafka.partitions}",
            redis_url=f"{urls['LOUPE_REDIS_URL']}?prefix={redis.prefix}",
            redis_cache_url=f"{urls['LOUPE_REDIS_CACHE_URL']}?prefix={redis.prefix}",
        )


@pytest.fixture(scope="session")
def _own_places(stack: Stack) -> Iterator[Servers]:
    with own_places(stack) as servers:
        yield servers


@pytest.fixture
def servers(_own_places: Servers, postgres_urls: list[str]) -> Servers:
    """Where ``open_production`` finds its stores. The people are the test's own."""
    return Servers(
        postgres_urls=" ".join(postgres_urls),
        cassandra_url=_own_places.cassandra_url,
        redis_url=_own_places.redis_url,
        redis_cache_url=_own_places.redis_cache_url,
        kafka_url=_own_places.kafka_url,
    )


@pytest.fixture
def all_shards(stack: Stack) -> Iterator[Servers]:
    """Stores that nobody else writes to, with as many shards as the embedded ids have: both make the same."""
    with migrated(stack, DEFAULT_SHARDS) as urls, own_places(stack) as servers:
        yield structs.replace(servers, postgres_urls=" ".join(urls))
