"""The cached compositions keep the contracts of what they cache, over either cache."""

from collections.abc import Iterator

import pytest

from feed_core.adapters.cached.accounts import CachedAccounts
from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.cached.media import CachedMedia
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.posts import CachedPosts
from feed_core.adapters.cached.reactions import CachedReactions
from feed_core.adapters.cached.settings_of_users import CachedSettings
from feed_core.adapters.cached.stories import CachedStories
from feed_core.adapters.cached.timelines import CachedTimelines
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.clock import SystemClock
from feed_core.ports.accounts import Accounts
from feed_core.ports.cache import Cache
from feed_core.ports.graph import Graph
from feed_core.ports.media import MediaCatalog
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from tests.contract.test_accounts import AccountsContract
from tests.contract.test_graph import GraphContract
from tests.contract.test_media import MediaContract
from tests.contract.test_posts import PostsContract
from tests.contract.test_reactions import ReactionsContract
from tests.contract.test_settings_of_users import SettingsContract
from tests.contract.test_stories import StoriesContract
from tests.contract.test_timelines import TimelinesContract


@pytest.fixture(params=["memory", "redis"])
def cache(request: pytest.FixtureRequest) -> Cache:
    if request.param == "memory":
        return MemoryCache(SystemClock())
    store: RedisStore = request.getfixturevalue("redis_store")
    return RedisCache(store)


@pytest.fixture
def near(cache: Cache) -> Iterator[Near]:
    near = Near(cache)
    yield near
    near.close()


class TestCachedAccounts(AccountsContract):
    @pytest.fixture
    def accounts(self, database: Database, cache: Cache) -> Accounts:
        return CachedAccounts(SqliteAccounts(database), cache, SystemClock())  # type: ignore[return-value]


class TestCachedPosts(PostsContract):
    @pytest.fixture
    def posts(self, database: Database, cache: Cache, near: Near) -> Posts:
        return CachedPosts(SqlitePosts(database), cache, near, SystemClock())  # type: ignore[return-value]


class TestCachedGraph(GraphContract):
    @pytest.fixture
    def graph(self, database: Database, cache: Cache) -> Graph:
        return CachedGraph(SqliteGraph(database), cache)  # type: ignore[return-value]


class TestCachedMedia(MediaContract):
    @pytest.fixture
    def catalog(self, database: Database, cache: Cache) -> MediaCatalog:
        return CachedMedia(SqliteMediaCatalog(database), cache, SystemClock())  # type: ignore[return-value]


class TestCachedReactions(ReactionsContract):
    @pytest.fixture
    def reactions(self, database: Database, cache: Cache) -> Reactions:
        return CachedReactions(SqliteReactions(database), cache)  # type: ignore[return-value]


class TestCachedSettings(SettingsContract):
    @pytest.fixture
    def settings(self, database: Database, cache: Cache) -> SettingsOfUsers:
        return CachedSettings(SqliteSettingsOfUsers(database), cache, SystemClock())


class TestCachedStories(StoriesContract):
    @pytest.fixture
    def stories(self, database: Database, cache: Cache) -> Stories:
        return CachedStories(SqliteStories(database), cache, SystemClock())  # type: ignore[return-value]


class TestCachedTimelines(TimelinesContract):
    @pytest.fixture
    def timelines(self, database: Database, cache: Cache) -> Timelines:
        return CachedTimelines(SqliteTimelines(database), cache, SystemClock())  # type: ignore[return-value]
