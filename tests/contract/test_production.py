"""The composition of the production profile keeps the contracts: real servers behind caches and a journal."""

from collections.abc import Iterator

import pytest

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.adapters.postgres.ids import PostgresIds
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.adapters.production import Wired, plain_stores, wired
from feed_core.adapters.redis.activity import RedisActivity
from feed_core.adapters.redis.cache import open_cache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.redis.rate_limits import RedisRateLimits
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.credentials import Credentials
from feed_core.ports.decisions import Decisions
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Graph
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.media import MediaCatalog
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.sessions import Sessions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from feed_core.stores import Stores
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.contract.test_accounts import AccountsContract
from tests.contract.test_comments import CommentsContract
from tests.contract.test_credentials import CredentialsContract
from tests.contract.test_decisions import DecisionsContract
from tests.contract.test_graph import GraphContract
from tests.contract.test_idempotency import IdempotencyKeysContract
from tests.contract.test_media import MediaContract
from tests.contract.test_notifications import NotificationsContract
from tests.contract.test_posts import PostsContract
from tests.contract.test_reactions import ReactionsContract
from tests.contract.test_region_counts import RegionCountsContract
from tests.contract.test_sessions import SessionsContract
from tests.contract.test_settings_of_users import SettingsContract
from tests.contract.test_stories import StoriesContract
from tests.contract.test_timelines import TimelinesContract
from tests.contract.test_transactions import TransactionsContract


@pytest.fixture
def production(
    redis_server: Stack,
    redis_store: RedisStore,
    kafka_url: KafkaUrl,
    shards: Shards,
    cassandra: CassandraSession,
) -> Iterator[Wired]:
    """Over empty stores, through an empty cache."""
    locks, events = OwnerLocks(shards), KafkaEventLog(kafka_url)
    beside = {"events": events, "sessions": RedisSessions(redis_store)}
    cache = f"{environment(redis_server)['LOUPE_REDIS_CACHE_URL']}?prefix={redis_store.prefix}"
    plain = plain_stores(shards, locks, cassandra) | beside
    one = wired(plain, PostgresUnitLog(shards, locks), open_cache(cache))
    yield one
    one.close()
    events.close()


class TestProductionAccounts(AccountsContract):
    @pytest.fixture
    def accounts(self, production: Wired) -> Accounts:
        return production.ports["accounts"]


class TestProductionComments(CommentsContract):
    @pytest.fixture
    def comments(self, production: Wired) -> Comments:
        return production.ports["comments"]


class TestProductionCredentials(CredentialsContract):
    @pytest.fixture
    def credentials(self, production: Wired) -> Credentials:
        return production.ports["credentials"]


class TestProductionDecisions(DecisionsContract):
    @pytest.fixture
    def decisions(self, production: Wired) -> Decisions:
        return production.ports["decisions"]


class TestProductionGraph(GraphContract):
    @pytest.fixture
    def graph(self, production: Wired) -> Graph:
        return production.ports["graph"]


class TestProductionIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys(self, production: Wired) -> IdempotencyKeys:
        return production.ports["idempotency"]


class TestProductionMediaCatalog(MediaContract):
    @pytest.fixture
    def catalog(self, production: Wired) -> MediaCatalog:
        return production.ports["media"]


class TestProductionNotifications(NotificationsContract):
    @pytest.fixture
    def notifications(self, production: Wired) -> Notifications:
        return production.ports["notifications"]


class TestProductionPosts(PostsContract):
    @pytest.fixture
    def posts(self, production: Wired) -> Posts:
        return production.ports["posts"]


class TestProductionReactions(ReactionsContract):
    @pytest.fixture
    def reactions(self, production: Wired) -> Reactions:
        return production.ports["reactions"]


class TestProductionRegionCounts(RegionCountsContract):
    @pytest.fixture
    def elsewhere(self, production: Wired) -> RegionCounts:
        return production.ports["region_counts"]


class TestProductionSessions(SessionsContract):
    @pytest.fixture
    def sessions(self, production: Wired) -> Sessions:
        return production.ports["sessions"]


class TestProductionSettings(SettingsContract):
    @pytest.fixture
    def settings(self, production: Wired) -> SettingsOfUsers:
        return production.ports["settings"]


class TestProductionStories(StoriesContract):
    @pytest.fixture
    def stories(self, production: Wired) -> Stories:
        return production.ports["stories"]


class TestProductionTimelines(TimelinesContract):
    @pytest.fixture
    def timelines(self, production: Wired) -> Timelines:
        return production.ports["timelines"]


class TestProductionTransactions(TransactionsContract):
    @pytest.fixture
    def stores(self, production: Wired, shards: Shards, redis_store: RedisStore) -> Stores:
        return Stores(
            transactions=production.journal,
            ids=lambda clock: PostgresIds(shards, clock),
            rate_limits=RedisRateLimits(redis_store),
            activity=RedisActivity(redis_store),
            close=production.close,
            **production.ports,
        )


def test_events_of_a_unit_are_read_back_from_the_log(production: Wired) -> None:
    events: EventLog = production.ports["events"]
    with production.journal.transaction((1,)):
        events.append("graph", [(1, b"e")])
        assert sum(events.end("graph")) == 0
    assert sum(events.end("graph")) == 1
