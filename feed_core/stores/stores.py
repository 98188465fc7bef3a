"""The only place that knows which adapter stands behind each port."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from feed_core.adapters.journal.units import UnitLog
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.activity import SqliteActivity
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.credentials import SqliteCredentials
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.decisions import SqliteDecisions
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.id_times import SqliteIdTimes
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.adapters.sqlite.notifications import SqliteNotifications
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.rate_limits import SqliteRateLimits
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.region_counts import SqliteRegionCounts
from feed_core.adapters.sqlite.sessions import SqliteSessions
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.clock import Clock
from feed_core.model.ids import DEFAULT_SHARDS, IdFactory, Ids
from feed_core.model.servers import Servers
from feed_core.ports.accounts import Accounts
from feed_core.ports.activity import Activity
from feed_core.ports.comments import Comments
from feed_core.ports.counters import PostCounters
from feed_core.ports.credentials import Credentials
from feed_core.ports.decisions import Decisions
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Graph
from feed_core.ports.home import Home, composed
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.invalidation import Invalidation
from feed_core.ports.media import MediaCatalog
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.rate_limits import RateLimits
from feed_core.ports.reactions import Reactions
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.sessions import Sessions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from feed_core.ports.transactions import Transactions

FILE_NAME = "feed.sqlite"
IDS_FILE_NAME = "ids.sqlite"


class DeadWrite(NamedTuple):
    """Whose write it was, when it was sent (ms), and why it could not be done."""

    owners: tuple[int, ...]
    at: int
    reason: str


@dataclass(frozen=True)
class Stores:
    """One adapter per port; ``transactions`` spans them all, the event log included."""

    transactions: Transactions
    accounts: Accounts
    graph: Graph
    posts: Posts
    timelines: Timelines
    reactions: Reactions
    comments: Comments
    events: EventLog
    decisions: Decisions
    idempotency: IdempotencyKeys
    ids: Callable[[Clock], Ids]
    credentials: Credentials
    sessions: Sessions
    rate_limits: RateLimits
    settings: SettingsOfUsers
    stories: Stories
    notifications: Notifications
    media: MediaCatalog
    region_counts: RegionCounts
    activity: Activity
    close: Callable[[], None]
    recover: Callable[[], int] = lambda: 0
    """Finishes what crashes cut short; answers how many writes."""
    counters: PostCounters | None = None
    """Recounts what ``posts`` does not count itself inside a transaction."""
    invalidation: Invalidation | None = None
    """Makes the caches forget what did not come through these ports, where there are caches."""
    mend: Callable[[Collection[int]], int] | None = None
    """Makes the two stores that hold people's edges equal; answers how many edges were off."""
    remote: bool = False
    """Whether who asks them waits most of the time, so that several had better ask side by side."""
    home: Home = composed
    """Around what reads a reader's timeline: what it takes may be read together, and remembered."""


def open_production(servers: Servers) -> Stores:
    """The stores on the servers of the production profile.

    Raises ``Unavailable`` when one does not answer or holds no tables yet.
    """
    from feed_core.adapters.production import open_production as connect  # drivers that embedded lacks

    opened = connect(servers)
    return Stores(
        transactions=opened.journal,
        ids=opened.ids,
        close=opened.close,
        remote=True,
        recover=opened.journal.recover,
        counters=opened.counters,
        home=opened.home,
        invalidation=opened.invalidation,
        mend=opened.mend,
        **opened.ports,
    )


@contextmanager
def open_events(servers: Servers) -> Iterator[EventLog]:
    """The event log on ``servers`` alone, for who reads nothing else. Raises ``Unavailable``."""
    from feed_core.adapters.kafka.event_log import KafkaEventLog
    from feed_core.adapters.kafka.url import read_url

    log = KafkaEventLog(read_url(servers.kafka_url))
    try:
        yield log
    finally:
        log.close()


def empty_production(servers: Servers) -> None:
    """Remove everything that the stores on ``servers`` hold, for good. Nothing may be using them.

    Raises ``Unavailable``; what was cut short is finished by repeating it.
    """
    from feed_core.adapters.emptying import empty_production as empty

    empty(servers)


def migrate_postgres(urls: Sequence[str], shards: int = DEFAULT_SHARDS) -> int:
    """Bring the Postgres clusters' tables to the newest version; answers how many migrations ran."""
    from feed_core.adapters.postgres.migrating import migrate

    return migrate(urls, shards)


def dead_writes(urls: Sequence[str]) -> list[DeadWrite]:
    """Writes that could not be done and were laid aside, the oldest first."""
    with _unit_log(urls) as log:
        return [DeadWrite(unit.owners, unit.at // 1_000, unit.reason) for unit in log.dead()]


def retry_writes(urls: Sequence[str]) -> int:
    """Have the workers do again what was laid aside, after its cause was mended; answers how many writes."""
    with _unit_log(urls) as log:
        return log.revive()


@contextmanager
def _unit_log(urls: Sequence[str]) -> Iterator[UnitLog]:
    from feed_core.adapters.postgres.clusters import Clusters
    from feed_core.adapters.postgres.locks import OwnerLocks
    from feed_core.adapters.postgres.shards import Shards
    from feed_core.adapters.postgres.unit_log import PostgresUnitLog

    clusters = Clusters(urls, max_connections=2)
    try:
        shards = Shards(clusters)
        yield PostgresUnitLog(shards, OwnerLocks(shards))
    finally:
        clusters.close()


def move_postgres_shard(urls: Sequence[str], shard: int, target: int) -> None:
    """Move a logical shard to the cluster of the URL at place ``target``, under running services.

    Raises ``InvalidInput`` and ``Unavailable``; a move that was cut short is finished by repeating it.
    """
    from feed_core.adapters.postgres.moving import move_shard

    move_shard(urls, shard, target)


def open_stores(home: Path) -> Stores:
    """The embedded stores in ``home``, made when absent.

    Raises ``Corrupt`` when the file there is no database, ``Unavailable`` when it cannot be opened.
    """
    database = Database(home / FILE_NAME)
    ids_database = Database(home / IDS_FILE_NAME)
    id_times = SqliteIdTimes(ids_database)

    def close() -> None:
        database.close()
        ids_database.close()

    return Stores(
        transactions=database,
        accounts=SqliteAccounts(database),
        graph=SqliteGraph(database),
        posts=SqlitePosts(database),
        timelines=SqliteTimelines(database),
        reactions=SqliteReactions(database),
        comments=SqliteComments(database),
        events=SqliteEventLog(database),
        decisions=SqliteDecisions(database),
        idempotency=SqliteIdempotencyKeys(database),
        ids=lambda clock: IdFactory(clock, reserve=id_times.reserve),
        credentials=SqliteCredentials(database),
        sessions=SqliteSessions(database),
        rate_limits=SqliteRateLimits(database),
        settings=SqliteSettingsOfUsers(database),
        stories=SqliteStories(database),
        notifications=SqliteNotifications(database),
        media=SqliteMediaCatalog(database),
        region_counts=SqliteRegionCounts(database),
        activity=SqliteActivity(database),
        close=close,
    )
