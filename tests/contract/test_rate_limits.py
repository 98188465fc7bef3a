"""The contract of ``ports.rate_limits``; an adapter is tested by one line at the end."""

from collections.abc import Callable
from random import Random

import pytest

from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.redis.rate_limits import RedisRateLimits
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.rate_limits import SqliteRateLimits
from feed_core.ports.rate_limits import RateLimits, Use

NOW = 1_800_000_000_000


class RateLimitsContract:
    adapter: Callable[[Database], RateLimits]

    @pytest.fixture
    def limits(self, database: Database) -> RateLimits:
        return type(self).adapter(database)

    def test_a_burst_is_taken_then_uses_come_at_their_pace(self, limits: RateLimits) -> None:
        use = Use("login:é", 3, 60_000)
        assert limits.take([use] * 5, NOW) == [0, 0, 0, 20_000, 20_000]
        assert limits.take([use], NOW + 19_999) == [1]
        assert limits.take([use, use], NOW + 20_000) == [0, 20_000]

    def test_keys_are_apart(self, limits: RateLimits) -> None:
        assert limits.take([Use("a", 1, 1_000), Use("b", 1, 1_000), Use("a", 1, 1_000)], NOW) == [0, 0, 1_000]

    def test_a_refused_use_does_not_count(self, limits: RateLimits) -> None:
        use = Use("a", 1, 1_000)
        limits.take([use] * 50, NOW)
        assert limits.take([use], NOW + 1_000) == [0]

    def test_after_a_pause_the_whole_burst_is_back(self, limits: RateLimits) -> None:
        use = Use("a", 7, 1_000)
        limits.take([use] * 7, NOW)
        assert limits.take([use] * 8, NOW + 1_001) == [0] * 7 + [143]

    def test_random_histories_follow_the_rule(self, limits: RateLimits) -> None:
        random, now, paid = Random(4), NOW, {}
        for _ in range(300):
            now += random.choice([0, 1, 7, 100, 900])
            use = Use(random.choice("abc"), random.randint(1, 9), random.choice([100, 1_000]))
            new = max(paid.get(use.key, 0), now * 1_000) + use.per_ms * 1_000 // use.times
            excess = new - (now + use.per_ms) * 1_000
            if excess <= 0:
                paid[use.key] = new
            assert limits.take([use], now) == [max(0, -(-excess // 1_000))]


class TestSqliteRateLimits(RateLimitsContract):
    adapter = SqliteRateLimits


class TestRedisRateLimits(RateLimitsContract):
    @pytest.fixture
    def limits(self, redis_store: RedisStore) -> RateLimits:
        return RedisRateLimits(redis_store)
