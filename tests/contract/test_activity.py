"""The contract of ``ports.activity``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.redis.activity import RedisActivity
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.sqlite.activity import SqliteActivity
from feed_core.adapters.sqlite.database import Database
from feed_core.model.clock import HOUR, SystemClock
from feed_core.ports.activity import Activity

NOW = SystemClock().now()


class ActivityContract:
    adapter: Callable[[Database], Activity]

    @pytest.fixture
    def activity(self, database: Database) -> Activity:
        return type(self).adapter(database)

    def test_the_latest_visit_counts(self, activity: Activity) -> None:
        activity.touch([1, 2], NOW)
        activity.touch([2, 3], NOW - HOUR)
        assert activity.active([1, 2, 3, 4], NOW) == {1, 2}
        assert activity.active([2, 3], NOW - HOUR) == {2, 3}

    def test_forgotten_visits_are_gone(self, activity: Activity) -> None:
        activity.touch([1, 2], NOW)
        activity.remove([1, 9])
        assert activity.active([1, 2], 0) == {2}


class TestSqliteActivity(ActivityContract):
    adapter = SqliteActivity


class TestRedisActivity(ActivityContract):
    @pytest.fixture
    def activity(self, redis_store: RedisStore) -> Activity:
        return RedisActivity(redis_store)
