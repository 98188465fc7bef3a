"""The adapters of the production profile, and the journal that makes one write of several stores whole."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

from feed_core.adapters.cached.composing import cached
from feed_core.adapters.cached.home import Home
from feed_core.adapters.cached.invalidation import CacheInvalidation
from feed_core.adapters.cassandra.comments import CassandraComments
from feed_core.adapters.cassandra.composite_graph import CompositeGraph
from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.counters import CassandraPostCounters
from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.adapters.cassandra.notifications import CassandraNotifications
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.region_counts import CassandraRegionCounts
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.stories import CassandraStories
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.journal.units import UnitLog
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import read_url
from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.credentials import PostgresCredentials
from feed_core.adapters.postgres.decisions import PostgresDecisions
from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.adapters.postgres.idempotency import PostgresIdempotencyKeys
from feed_core.adapters.postgres.ids import PostgresIds
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.media import PostgresMediaCatalog
from feed_core.adapters.postgres.settings_of_users import PostgresSettingsOfUsers
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.adapters.redis.activity import RedisActivity
from feed_core.adapters.redis.cache import open_cache
from feed_core.adapters.redis.connecting import open_redis
from feed_core.adapters.redis.rate_limits import RedisRateLimits
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.model.clock import Clock, SystemClock
from feed_core.model.ids import Ids
from feed_core.model.servers import Servers
from feed_core.ports.cache import Cache
from feed_core.ports.counters import PostCounters
from feed_core.ports.home import Home as HomePort
from feed_core.ports.invalidation import Invalidation

_ELSEWHERE = {"posts": {"add_to_counts"}, "idempotency": {"forget"}}
"""Inside a unit: counts of posts are recounted by the counters worker, old answers are let go of by the
archive worker."""


class Production(NamedTuple):
    """``ports`` by their names in ``Stores``; the others stand beside the ports."""

    journal: Journal
    ports: Mapping[str, Any]
    counters: PostCounters
    home: HomePort
    invalidation: Invalidation
    mend: Callable[[Collection[int]], int]
    ids: Callable[[Clock], Ids]
    close: Callable[[], None]


class Wired(NamedTuple):
    """The journal, the ports that write through it, ``stores``, what it does its units on, and the rest as in
    ``Composition``."""

    journal: Journal
    ports: dict[str, Any]
    stores: dict[str, Any]
    counted: Callable[[PostCounters], PostCounters]
    home: Home
    invalidation: CacheInvalidation
    close: Callable[[], None]


def wired(plain: Mapping[str, Any], log: UnitLog, cache: Cache) -> Wired:
    """Stores read through ``cache`` and written through a journal over ``log``.

    What a unit decides by it reads past the caches: it writes while others cannot, by what is true then.
    """
    composed = cached(plain, cache, SystemClock())
    journal = Journal(log, composed.ports)
    journaled = {
        name: JournaledPort(name, store, journal, _ELSEWHERE.get(name, ()), exact=plain[name])
        for name, store in composed.ports.items()
    }

    def close() -> None:
        journal.close()
        composed.close()

    return Wired(
        journal, journaled, composed.ports, composed.counted, composed.home, composed.invalidation, close
    )


def open_production(servers: Servers) -> Production:
    """Connect to every server. Raises ``Unavailable`` when one does not answer."""
    with ExitStack() as opening:
        clusters = Clusters(servers.postgres_urls.split())
        opening.callback(clusters.close)
        shards = Shards(clusters)
        cassandra = open_cassandra(cassandra_url(servers.cassandra_url))
        opening.callback(cassandra.close)
        events = KafkaEventLog(read_url(servers.kafka_url))
        opening.callback(events.close)
        locks = OwnerLocks(shards)
        redis = open_redis(servers.redis_url)
        plain = plain_stores(shards, locks, cassandra) | {"events": events, "sessions": RedisSessions(redis)}
        stores = wired(plain, PostgresUnitLog(shards, locks), open_cache(servers.redis_cache_url))
        opening.callback(stores.close)
        at_once = {"rate_limits": RedisRateLimits(redis), "activity": RedisActivity(redis)}
        return Production(
            stores.journal,
            stores.ports | at_once,
            stores.counted(CassandraPostCounters(cassandra)),
            stores.home,
            stores.invalidation,
            stores.stores["graph"].mend,
            lambda clock: PostgresIds(shards, clock),
            opening.pop_all().close,
        )


def plain_stores(shards: Shards, locks: OwnerLocks, cassandra: CassandraSession) -> dict[str, Any]:
    """The ports on Postgres and Cassandra, each acting at once and read from the servers themselves."""
    return {
        "accounts": PostgresAccounts(shards, locks),
        "comments": CassandraComments(cassandra),
        "credentials": PostgresCredentials(shards, locks),
        "decisions": PostgresDecisions(shards),
        "graph": CompositeGraph(PostgresFollows(shards), CassandraGraph(cassandra)),
        "idempotency": PostgresIdempotencyKeys(shards),
        "media": PostgresMediaCatalog(shards),
        "notifications": CassandraNotifications(cassandra),
        "posts": CassandraPosts(cassandra),
        "reactions": CassandraReactions(cassandra),
        "settings": PostgresSettingsOfUsers(shards),
        "region_counts": CassandraRegionCounts(cassandra),
        "stories": CassandraStories(cassandra),
        "timelines": CassandraTimelines(cassandra),
    }
