"""Redis is killed: no read ever brings back what was there before the last write that was acknowledged."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from feed_core.adapters.cached.composing import Composition, cached
from feed_core.adapters.cached.keys import FOLLOWING, POST, USER
from feed_core.adapters.redis.cache import open_cache
from feed_core.adapters.sqlite.database import Database
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.ports.graph import Edge
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from pipelines.stack.processes import end, running
from pipelines.stack.redis import leads
from pipelines.stack.servers import Server, group_of
from pipelines.stack.starting import bring_up
from tests.feed_core.adapters.cached.conftest import plain_ports
from tests.feed_core.adapters.cached.test_equal import post, user
from tests.servers import fresh_name, wait_until
from tests.stack import Throwaway

KEYS = {key.of(1) for key in (USER, POST, FOLLOWING)}


@pytest.fixture(scope="module")
def own(throwaway: Throwaway) -> Iterator[Stack]:
    with throwaway("redis") as stack:
        yield stack


@pytest.fixture
def prefix() -> str:
    return fresh_name()


@pytest.fixture
def processes(own: Stack, database: Database, prefix: str) -> Iterator[list[Composition]]:
    """Two over the same stores and the same cache."""
    plain, url = plain_ports(database), f"{environment(own)['LOUPE_REDIS_CACHE_URL']}?prefix={prefix}"
    bring_up(own, ["redis"])
    begun = [cached(plain, open_cache(url), SystemClock()) for _ in range(2)]
    yield begun
    for one in begun:
        one.close()


def write(ports: dict[str, Any], version: int) -> None:
    """As often as it takes, as the journal does."""
    edges = [Edge(1, version, version)]
    until_done(lambda: ports["accounts"].put([user(1, version)]))
    until_done(lambda: ports["posts"].put([post(1, version)]))
    until_done(lambda: ports["graph"].add("follow", edges))


def until_done(act: Callable[[], object]) -> None:
    def done() -> bool:
        try:
            act()
        except Unavailable:
            return False
        return True

    wait_until(done)


def read(ports: dict[str, Any]) -> tuple[object, ...]:
    (shown,) = ports["posts"].shown_many([1]).values()
    return (
        ports["accounts"].get_many([1])[1].updated_at,
        ports["posts"].get_many([1])[1].updated_at,
        max(ports["graph"].target_ids("follow", [1])[1]),
        shown.updated_at,
    )


def servers(stack: Stack) -> tuple[Server, Server]:
    """Who leads and who follows."""
    first, second = group_of(stack.servers, "redis-cache")
    return (first, second) if leads(stack, first) else (second, first)


def kill(stack: Stack, server: Server) -> None:
    process = running(stack.record(server))
    assert process is not None
    assert end(process, signal.SIGKILL)


def test_a_replica_that_missed_what_was_forgotten_leads_without_the_old_values(
    own: Stack, processes: list[Composition], prefix: str
) -> None:
    one, two = (process.ports for process in processes)
    one["accounts"].add([user(1, 2)])
    write(one, 2)
    assert read(two) == (2, 2, 2, 2)
    leader, follower = servers(own)
    old = held(own, leader, prefix)
    assert old.keys() == KEYS
    write(one, 3)
    assert read(two)[:3] == (3, 3, 3)
    with raw(own, follower) as late:
        late.config_set("replica-read-only", "no")
        for key, dump in old.items():
            late.restore(f"{prefix}:{key}", 600_000, dump, replace=True)
    kill(own, leader)
    for _ in range(20):
        assert read(one) == read(two) == (3, 3, 3, 3)
    write(one, 4)
    assert read(two)[:3] == (4, 4, 4)
    wait_until(lambda: read(two) == (4, 4, 4, 4) and held(own, follower, prefix).keys() == KEYS)


def test_what_was_saved_before_a_write_does_not_come_back_after_a_restart(
    own: Stack, processes: list[Composition]
) -> None:
    one, two = (process.ports for process in processes)
    one["accounts"].add([user(1, 2)])
    write(one, 2)
    assert read(two)[:3] == (2, 2, 2)
    leader, follower = servers(own)
    for server in (leader, follower):
        with raw(own, server) as connection:
            connection.save()
    write(one, 3)
    for server in own.servers:
        if server.family == "redis":
            kill(own, server)
    assert read(one) == read(two) == (3, 3, 3, 3)
    with pytest.raises(Unavailable):
        one["accounts"].put([user(1, 4)])
    bring_up(own, ["redis"])
    for _ in range(20):
        assert read(one)[:3] == read(two)[:3] == (4, 3, 3)
    write(one, 5)
    assert read(two)[:3] == (5, 5, 5)


def raw(stack: Stack, server: Server) -> redis.Redis:
    return redis.Redis(host=server.host, port=server.port, password=stack.secrets.redis)


def held(stack: Stack, server: Server, prefix: str) -> dict[str, bytes]:
    """What the server holds of the keys, as it dumps them."""
    with raw(stack, server) as connection:
        dumps = {key: connection.dump(f"{prefix}:{key}") for key in KEYS}
    return {key: dump for key, dump in dumps.items() if isinstance(dump, bytes)}
