"""The composition over SQLite with the cache in Redis, beside the store without caches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feed_core.adapters.cached.near import Near
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys


def plain_ports(database: Database) -> dict[str, Any]:
    """The ports that are read through caches, and one that is not."""
    return {
        "accounts": SqliteAccounts(database),
        "comments": SqliteComments(database),
        "graph": SqliteGraph(database),
        "media": SqliteMediaCatalog(database),
        "posts": SqlitePosts(database),
        "reactions": SqliteReactions(database),
        "settings": SqliteSettingsOfUsers(database),
        "stories": SqliteStories(database),
        "timelines": SqliteTimelines(database),
    }


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "feed.sqlite")
    yield database
    database.close()


@pytest.fixture
def redis_store(redis_server: Stack) -> Iterator[RedisStore]:
    with fresh_keys(redis_server, "LOUPE_REDIS_CACHE_URL") as store:
        yield store


@pytest.fixture
def cache(redis_store: RedisStore) -> RedisCache:
    return RedisCache(redis_store)


@pytest.fixture
def near(cache: RedisCache) -> Iterator[Near]:
    near = Near(cache)
    yield near
    near.close()


@pytest.fixture
def redis_url(redis_server: Stack, redis_store: RedisStore) -> str:
    """The URL of the same keys, for another process."""
    return f"{environment(redis_server)['LOUPE_REDIS_CACHE_URL']}?prefix={redis_store.prefix}"
