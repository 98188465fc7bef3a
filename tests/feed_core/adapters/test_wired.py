"""Caches and journal together: what a unit reads, and what becomes of it when the caches cannot be told."""

from collections.abc import Iterator

import pytest

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.adapters.production import Wired, plain_stores, wired
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.ports.graph import Edge
from tests.feed_core.adapters.cached.test_equal import post, user

ADA, BEN = 1, 2


class Deaf(MemoryCache):
    """Can be read; while it is deaf, nothing can be told."""

    deaf = False

    def forget(self, keys, tell=None) -> None:  # type: ignore[no-untyped-def]
        if self.deaf:
            raise Unavailable("Redis is away.")
        super().forget(keys, tell)


@pytest.fixture
def cache() -> Deaf:
    return Deaf(SystemClock())


@pytest.fixture
def log(shards: Shards) -> PostgresUnitLog:
    return PostgresUnitLog(shards, OwnerLocks(shards))


@pytest.fixture
def stores(shards: Shards, cassandra: CassandraSession, cache: Deaf, log: PostgresUnitLog) -> Iterator[Wired]:
    one = wired(plain_stores(shards, OwnerLocks(shards), cassandra), log, cache)
    yield one
    one.close()


def test_a_unit_reads_the_stores_whatever_the_caches_hold(stores: Wired, cache: Deaf) -> None:
    accounts, posts, graph = (stores.ports[name] for name in ("accounts", "posts", "graph"))
    accounts.add([user(ADA, 2)])
    posts.put([post(5, 2)])
    assert (accounts.existing([ADA]), posts.get_many([5])) == ({ADA}, {5: post(5, 2)})
    assert graph.target_ids("follow", [ADA]) == {}
    cache.deaf = True
    for write in (
        lambda: accounts.put([user(ADA, 3)]),
        lambda: posts.put([post(5, 3)]),
        lambda: graph.add("follow", [Edge(ADA, BEN, 3)]),
    ):
        with pytest.raises(Unavailable):
            write()
    assert posts.get_many([5]) == {5: post(5, 2)}
    with stores.journal.transaction((ADA,)):
        assert accounts.get_many([ADA]) == {ADA: user(ADA, 3)}
        assert posts.get_many([5]) == posts.shown_many([5]) == {5: post(5, 3)}
        assert graph.target_ids("follow", [ADA]) == {ADA: [BEN]}
        assert graph.add("follow", [Edge(ADA, BEN, 4)]) == [False]
        cache.deaf = False


def test_a_write_that_the_caches_were_not_told_of_stays_until_they_are(
    stores: Wired, cache: Deaf, log: PostgresUnitLog
) -> None:
    posts = stores.ports["posts"]
    posts.put([post(5, 2)])
    assert posts.get_many([5]) == {5: post(5, 2)}
    cache.deaf = True
    for version in (3, 4):
        with pytest.raises(Unavailable):
            put(stores, version)
    assert len(log.left(0)) == 1
    cache.deaf = False
    with stores.journal.transaction((ADA,)):
        assert posts.get_many([5]) == {5: post(5, 3)}
    assert log.left(0) == []
    assert posts.get_many([5]) == {5: post(5, 3)}
    cache.deaf = True
    with pytest.raises(Unavailable):
        put(stores, 4)
    cache.deaf = False
    assert stores.journal.recover(0) == 1
    assert posts.get_many([5]) == posts.shown_many([5]) == {5: post(5, 4)}


def put(stores: Wired, version: int) -> None:
    with stores.journal.transaction((ADA,)):
        stores.ports["posts"].put([post(5, version)])
