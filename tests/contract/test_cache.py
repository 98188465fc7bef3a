"""The contract of ``ports.cache``; an adapter is tested by a fixture at the end."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.model.clock import SystemClock
from feed_core.ports.cache import MARK, Cache, Fill, Telling
from tests.servers import wait_until

MINUTE = 60_000


def hold(cache: Cache, **contents: bytes | Collection[int] | Mapping[str, int]) -> None:
    """Fill keys for a minute, as whoever has just read the store."""
    for key, content in contents.items():
        fill = Fill[Any](content, cache.lease([key])[0], MINUTE)
        if isinstance(content, bytes):
            cache.fill({key: fill}, {})
        elif isinstance(content, dict):
            cache.fill_hashes({key: fill})
        else:
            cache.fill({}, {key: fill})


class CacheContract:
    def test_nothing_is_held_at_first(self, cache: Cache) -> None:
        for read in (cache.values, cache.sets, cache.hashes):
            assert read(["a", "b"]) == [None, None]
            assert read([]) == []

    def test_what_is_filled_is_found_in_the_order_asked(self, cache: Cache) -> None:
        hold(cache, a=b"\x00one", b=b"")
        assert cache.values(["b", "x", "a"]) == [b"", None, b"\x00one"]
        hold(cache, s={1, 1 << 62, -5}, e=())
        assert cache.sets(["s", "e", "x"]) == [{1, 1 << 62, -5}, frozenset(), None]
        hold(cache, h={"followers": 3, "following": -1}, g={})
        assert cache.hashes(["h", "g"]) == [{"followers": 3, "following": -1}, {}]

    def test_a_fill_replaces_what_was_held(self, cache: Cache) -> None:
        hold(cache, s={1, 2}, h={"a": 1})
        hold(cache, s={3}, h={"b": 2})
        assert cache.sets(["s"]) == [{3}]
        assert cache.hashes(["h"]) == [{"b": 2}]

    def test_what_has_lived_its_time_is_gone(self, cache: Cache) -> None:
        (stamp,) = cache.lease(["short"])
        hold(cache, long=b"y")
        cache.fill({"short": Fill(b"x", stamp, 30)}, {})
        wait_until(lambda: cache.values(["short"]) == [None])
        assert cache.values(["long"]) == [b"y"]

    def test_a_lease_is_the_same_for_all_until_the_key_is_forgotten(self, cache: Cache) -> None:
        assert cache.lease([]) == []
        leases = cache.lease(["a", "b"])
        assert cache.lease(["b", "a"]) == leases[::-1]
        cache.forget(["a"])
        (stamp,) = cache.lease(["a"])
        assert stamp != leases[0]
        assert cache.lease(["b"]) == leases[1:]

    def test_a_fill_that_began_before_the_key_was_forgotten_is_refused(self, cache: Cache) -> None:
        before = cache.lease(["a"])[0]
        cache.forget(["a", "b"])
        cache.fill({"a": Fill(b"old", before, MINUTE)}, {})
        (stamp,) = cache.lease(["a"])
        cache.fill({"a": Fill(b"old", before, MINUTE)}, {})
        assert cache.values(["a"]) == [None]
        cache.fill({"a": Fill(b"new", stamp, MINUTE)}, {})
        assert cache.values(["a"]) == [b"new"]
        cache.forget(["a"])
        assert cache.values(["a"]) == [None]

    def test_a_fill_without_a_lease_is_refused(self, cache: Cache) -> None:
        cache.fill({"a": Fill(b"x", b"", MINUTE)}, {})
        cache.fill({}, {"s": Fill({1}, b"made up", MINUTE)})
        assert cache.values(["a"]) == cache.sets(["s"]) == [None]

    def test_a_mark_is_held_for_its_time_whatever_was_there(self, cache: Cache) -> None:
        hold(cache, a=b"x", other=b"y")
        cache.mark(["a", "b", "short"], MINUTE)
        cache.mark(["short"], 30)
        cache.mark([], MINUTE)
        wait_until(lambda: cache.values(["short"]) == [None])
        assert cache.values(["a", "b", "other"]) == [MARK, MARK, b"y"]

    def test_members_are_added_to_sets_that_are_held_and_to_no_others(self, cache: Cache) -> None:
        hold(cache, s={1}, e=())
        cache.add_to_sets({"s": [2, 3], "e": [4], "x": [5]}, 9)
        assert cache.sets(["s", "e", "x"]) == [{1, 2, 3}, {4}, None]
        cache.add_to_sets({"s": [1, 4], "e": [5]}, 3)
        assert cache.sets(["s", "e"]) == [None, {4, 5}]
        cache.add_to_sets({}, 3)

    def test_a_set_that_was_read_before_a_member_was_added_is_not_filled(self, cache: Cache) -> None:
        (before,) = cache.lease(["s"])
        cache.add_to_sets({"s": [2]}, 9)
        cache.fill({}, {"s": Fill({1}, before, MINUTE)})
        assert cache.sets(["s"]) == [None]

    def test_a_crowd_of_keys_is_forgotten(self, cache: Cache) -> None:
        hold(cache, first=b"x", last=b"y", other=b"z")
        cache.forget(["first", *(f"key{number}" for number in range(5_000)), "last"])
        cache.forget([])
        assert cache.values(["first", "last", "other"]) == [None, None, b"z"]

    def test_subscribers_hear_what_is_published_on_their_channel(self, cache: Cache) -> None:
        heard: list[bytes | None] = []
        others: list[bytes | None] = []
        one, other = cache.subscribe("c", heard.append), cache.subscribe("d", others.append)
        assert one.whole
        for number in range(50):
            cache.forget((), Telling("c", b"%d" % number))
        wait_until(lambda: len(heard) == 50)
        assert heard == [b"%d" % number for number in range(50)]
        one.end()
        cache.forget((), Telling("c", b"late"))
        cache.forget((), Telling("d", b"other"))
        wait_until(lambda: others == [b"other"])
        assert b"late" not in heard
        other.end()

    def test_many_threads_fill_and_forget(self, cache: Cache) -> None:
        def work(number: int) -> None:
            for turn in range(20):
                (stamp,) = cache.lease(["k"])
                if cache.values(["k"]) == [None]:
                    cache.fill({"k": Fill(b"%d" % number, stamp, MINUTE)}, {})
                if turn % 5 == 0:
                    cache.forget(["k"])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        cache.forget(["k"])
        assert cache.values(["k"]) == [None]


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        return MemoryCache(SystemClock())


class TestRedisCache(CacheContract):
    @pytest.fixture
    def cache(self, redis_store: RedisStore) -> Cache:
        return RedisCache(redis_store)

    def test_a_lease_that_was_evicted_refuses_the_fill(self, cache: Cache, redis_store: RedisStore) -> None:
        (stamp,) = cache.lease(["a"])
        redis_store.client.delete(redis_store.key("a~"))
        cache.fill({"a": Fill(b"x", stamp, MINUTE)}, {})
        assert cache.values(["a"]) == [None]
