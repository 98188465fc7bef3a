"""The adapters of the production profile, and the journal that makes one write of several stores whole."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

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
from feed_core.adapters.redis.connecting import open_redis
from feed_core.adapters.redis.rate_limits import RedisRateLimits
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.model.clock import Clock
from feed_core.model.ids import Ids
from feed_core.model.servers import Servers

_ELSEWHERE = {"posts": {"add_to_counts"}, "idempotency": {"forget"}}
"""Inside a unit: counts of posts are recounted by the counters worker, old answers are let go of by the
archive worker."""


class Production(NamedTuple):
    """``ports`` by their names in ``Stores``; the others stand beside the ports."""

    journal: Journal
    ports: Mapping[str, Any]
    counters: CassandraPostCounters
    mend: Callable[[Collection[int]], int]
    ids: Callable[[Clock], Ids]
    close: Callable[[], None]


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
        plain = {
            **_postgres(shards, locks),
            **_cassandra(cassandra, shards),
            "events": events,
            "sessions": RedisSessions(redis),
        }
        journal = Journal(PostgresUnitLog(shards, locks), plain)
        opening.callback(journal.close)
        journaled: dict[str, Any] = {
            name: JournaledPort(name, store, journal, _ELSEWHERE.get(name, ()))
            for name, store in plain.items()
        }
        at_once = {"rate_limits": RedisRateLimits(redis), "activity": RedisActivity(redis)}
        return Production(
            journal,
            journaled | at_once,
            CassandraPostCounters(cassandra),
            plain["graph"].mend,
            lambda clock: PostgresIds(shards, clock),
            opening.pop_all().close,
        )


def _postgres(shards: Shards, locks: OwnerLocks) -> dict[str, Any]:
    return {
        "accounts": PostgresAccounts(shards, locks),
        "credentials": PostgresCredentials(shards, locks),
        "decisions": PostgresDecisions(shards),
        "idempotency": PostgresIdempotencyKeys(shards),
        "media": PostgresMediaCatalog(shards),
        "settings": PostgresSettingsOfUsers(shards),
    }


def _cassandra(session: CassandraSession, shards: Shards) -> dict[str, Any]:
    return {
        "comments": CassandraComments(session),
        "graph": CompositeGraph(PostgresFollows(shards), CassandraGraph(session)),
        "notifications": CassandraNotifications(session),
        "posts": CassandraPosts(session),
        "reactions": CassandraReactions(session),
        "region_counts": CassandraRegionCounts(session),
        "stories": CassandraStories(session),
        "timelines": CassandraTimelines(session),
    }
