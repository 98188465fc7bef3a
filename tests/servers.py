"""Places of a test's own on the real servers: topics and key prefixes that nobody else uses."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from confluent_kafka.admin import AdminClient

from feed_core.adapters.kafka.url import KafkaUrl, read_url
from feed_core.adapters.redis.connecting import RedisStore, open_redis
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack


def wait_until(condition: Callable[[], bool], within: float = 60) -> None:
    """Ask again until it holds; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        threading.Event().wait(0.02)


def fresh_name() -> str:
    """A prefix that no other test uses."""
    return f"test-{secrets.token_hex(6)}"


@contextmanager
def fresh_topics(stack: Stack, partitions: int = 3) -> Iterator[KafkaUrl]:
    """A Kafka URL whose topics are new; they are removed at the end."""
    url = read_url(environment(stack)["LOUPE_KAFKA_URL"])._replace(prefix=fresh_name(), partitions=partitions)
    yield url
    admin = AdminClient({"bootstrap.servers": url.brokers})
    ours = [name for name in admin.list_topics(timeout=30).topics if name.startswith(f"{url.prefix}.")]
    for future in admin.delete_topics(ours).values() if ours else ():
        future.result(30)


@contextmanager
def fresh_keys(stack: Stack, use: str = "LOUPE_REDIS_URL") -> Iterator[RedisStore]:
    """Redis with a prefix of its own, whose keys are removed at the end."""
    with_prefix = f"{environment(stack)[use]}?prefix={fresh_name()}"
    store = open_redis(with_prefix)
    yield store
    remove_keys(store)
    store.client.close()


def remove_keys(store: RedisStore) -> None:
    """All that lies under the store's prefix."""
    for keys in batched(store.client.scan_iter(match=f"{store.prefix}:*", count=1_000)):
        store.client.delete(*keys)


def batched(keys: Iterable[bytes], size: int = 1_000) -> Iterator[list[bytes]]:
    found = iter(keys)
    while batch := list(islice(found, size)):
        yield batch
