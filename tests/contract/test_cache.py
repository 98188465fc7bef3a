"""The contract of ``ports.cache``; an adapter is tested by a fixture at the end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.model.clock import SystemClock
from feed_core.ports.cache import Cache, Fill
from tests.servers import wait_until

MINUTE = 60_000


class CacheContract:
    def test_nothing_is_held_at_first(self, cache: Cache) -> None:
        for read in (cache.values, cache.sets, cache.hashes):
            assert [found.content for found in read(["a", "b"])] == [None, None]
            assert read([]) == []

    def test_what_is_filled_is_found_in_the_order_asked(self, cache: Cache) -> None:
        cache.fill_values({"a": Fill(b"\x00one", b"", MINUTE), "b": Fill(b"", b"", MINUTE)})
        assert [found.content for found in cache.values(["b", "x", "a"])] == [b"", None, b"\x00one"]
        cache.fill_sets({"s": Fill({1, 1 << 62}, b"", MINUTE), "e": Fill((), b"", MINUTE)})
        assert [f.content for f in cache.sets(["s", "e", "x"])] == [{1, 1 << 62}, frozenset(), None]
        cache.fill_hashes(
            {"h": Fill({"followers": 3, "following": -1}, b"", MINUTE), "g": Fill({}, b"", MINUTE)}
        )
        assert [f.content for f in cache.hashes(["h", "g"])] == [{"followers": 3, "following": -1}, {}]

    def test_a_fill_replaces_what_was_held(self, cache: Cache) -> None:
        for members in ({1, 2}, {3}):
            cache.fill_sets({"s": Fill(members, b"", MINUTE)})
        cache.fill_hashes({"h": Fill({"a": 1}, b"", MINUTE)})
        cache.fill_hashes({"h": Fill({"b": 2}, b"", MINUTE)})
        assert cache.sets(["s"])[0].content == {3}
        assert cache.hashes(["h"])[0].content == {"b": 2}

    def test_what_has_lived_its_time_is_gone(self, cache: Cache) -> None:
        cache.fill_values({"short": Fill(b"x", b"", 30), "long": Fill(b"y", b"", MINUTE)})
        wait_until(lambda: cache.values(["short"])[0].content is None)
        assert cache.values(["long"])[0].content == b"y"

    def test_a_fill_that_began_before_the_key_was_forgotten_is_refused(self, cache: Cache) -> None:
        before = cache.values(["a"])[0].stamp
        stamp = cache.forget(["a", "b"])
        cache.fill_values({"a": Fill(b"old", before, MINUTE)})
        found = cache.values(["a"])[0]
        assert (found.content, found.stamp) == (None, stamp)
        cache.fill_values({"a": Fill(b"new", stamp, MINUTE)})
        assert cache.values(["a"])[0].content == b"new"
        cache.forget(["a"])
        assert cache.values(["a"])[0].content is None

    def test_each_forgetting_has_its_stamp(self, cache: Cache) -> None:
        assert len({cache.forget(["a"]) for _ in range(20)}) == 20

    def test_subscribers_hear_what_is_published_on_their_channel(self, cache: Cache) -> None:
        heard: list[bytes | None] = []
        others: list[bytes | None] = []
        end, end_other = cache.subscribe("c", heard.append), cache.subscribe("d", others.append)
        for number in range(50):
            cache.publish("c", b"%d" % number)
        wait_until(lambda: len(heard) == 50)
        assert heard == [b"%d" % number for number in range(50)]
        end()
        cache.publish("c", b"late")
        cache.publish("d", b"other")
        wait_until(lambda: others == [b"other"])
        assert b"late" not in heard
        end_other()

    def test_many_threads_fill_and_forget(self, cache: Cache) -> None:
        def work(number: int) -> None:
            for turn in range(20):
                found = cache.values(["k"])[0]
                if found.content is None:
                    cache.fill_values({"k": Fill(b"%d" % number, found.stamp, MINUTE)})
                if turn % 5 == 0:
                    cache.forget(["k"])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        cache.forget(["k"])
        assert cache.values(["k"])[0].content is None


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        return MemoryCache(SystemClock())


class TestRedisCache(CacheContract):
    @pytest.fixture
    def cache(self, redis_store: RedisStore) -> Cache:
        return RedisCache(redis_store)
