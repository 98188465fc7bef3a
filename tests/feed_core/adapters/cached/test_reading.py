"""Reading through the caches: how often the store is asked, and what is remembered for how long."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal
from feed_core.adapters.cached.keys import KEYS, POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.reading import ReadThrough, Shape
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.model.clock import HOUR, MINUTE, Clock, SetClock, SystemClock
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache

START = 1_770_000_000_000


class Shelf:
    """A store that counts how often it is asked."""

    def __init__(self) -> None:
        self.things: dict[int, str] = {}
        self.asked: list[list[int]] = []

    def load(self, ids: list[int]) -> Mapping[int, str]:
        self.asked.append(sorted(ids))
        return {id_: self.things[id_] for id_ in ids if id_ in self.things}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


TEXT = Shape(POST, str.encode, bytes.decode)


def reading(shelf: Shelf, cache: Cache, clock: Clock | None = None) -> ReadThrough[str]:
    return ReadThrough(TEXT, cache, clock or SystemClock(), shelf.load)


def test_the_store_is_asked_once_also_for_what_is_not_there(shelf: Shelf) -> None:
    clock = SetClock(START)
    read = reading(shelf, MemoryCache(clock), clock)
    shelf.things = {1: "one", 2: "two"}
    for _ in range(3):
        assert read.get_many([1, 2, 3]) == {1: "one", 2: "two"}
    assert shelf.asked == [[1, 2, 3]]
    shelf.things[3] = "three"
    read.forget([3])
    assert read.get_many([1, 2, 3]) == {1: "one", 2: "two", 3: "three"}
    assert shelf.asked == [[1, 2, 3], [3]]


def test_each_level_lives_its_time(shelf: Shelf) -> None:
    clock = SetClock(START)
    cache = MemoryCache(clock)
    near = Near(cache, clock.now)
    read = ReadThrough[str](TEXT, cache, clock, shelf.load, near)
    shelf.things = {1: "one"}
    read.near_many([1])
    assert near.find([POST.of(1)]) == {POST.of(1): "one"}
    clock.set(START + 2 * MINUTE)
    assert near.find([POST.of(1)]) == {}
    read.near_many([1])
    assert len(shelf.asked) == 1
    clock.set(START + HOUR)
    read.near_many([1])
    assert len(shelf.asked) == 2


def test_a_failed_fetch_fails_for_all_and_is_tried_again(shelf: Shelf) -> None:
    cache = MemoryCache(SystemClock())
    failures = [Unavailable("Cassandra is away.")]

    def load(ids: list[int]) -> Mapping[int, str]:
        if failures:
            raise failures.pop()
        return shelf.load(ids)

    shelf.things = {1: "one"}
    read = ReadThrough[str](TEXT, cache, SystemClock(), load)
    with pytest.raises(Unavailable):
        read.get_many([1])
    assert read.get_many([1]) == {1: "one"}


def test_a_slow_reader_does_not_bring_an_old_value_back(shelf: Shelf, cache: RedisCache) -> None:
    shelf.things = {1: "old"}
    read: ReadThrough[str]

    def overtaken(ids: list[int]) -> Mapping[int, str]:
        found = shelf.load(ids)
        if shelf.things[1] == "old":
            shelf.things[1] = "new"
            read.forget([1])
        return found

    read = ReadThrough(TEXT, cache, SystemClock(), overtaken)
    assert read.get_many([1]) == {1: "old"}
    assert read.get_many([1]) == {1: "new"}


def test_who_comes_after_a_write_does_not_join_a_fetch_from_before(shelf: Shelf, cache: RedisCache) -> None:
    shelf.things, entered, go = {1: "old"}, threading.Event(), threading.Event()

    def slow(ids: list[int]) -> Mapping[int, str]:
        found = shelf.load(ids)
        if found == {1: "old"}:
            entered.set()
            go.wait(20)
        return found

    here = ReadThrough[str](TEXT, cache, SystemClock(), slow)
    elsewhere = reading(shelf, cache)
    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(here.get_many, [1])
        assert entered.wait(20)
        shelf.things[1] = "new"
        elsewhere.forget([1])
        assert here.get_many([1]) == {1: "new"}
        go.set()
        assert before.result() == {1: "old"}
    assert here.get_many([1]) == {1: "new"}


def test_a_value_of_another_version_is_read_anew(shelf: Shelf, redis_store: RedisStore) -> None:
    shelf.things = {1: "one"}
    redis_store.client.set(redis_store.key(POST.of(1)), b"\x63whatever another release wrote")
    read = reading(shelf, RedisCache(redis_store))
    assert read.get_many([1]) == {1: "one"}
    assert open_envelope(seal(Envelope(7, 3, b"x"))) == Envelope(7, 3, b"x")
    assert open_envelope(seal(Envelope(7, 3, None))) == Envelope(7, 3, None)


def test_dear_values_are_refreshed_early_and_by_few() -> None:
    random, ends = Random(1), 100_000

    def share(now: int, cost: int) -> float:
        return sum(is_due(Envelope(ends, cost, b""), now, random) for _ in range(4_000)) / 4_000

    assert share(ends, 0) == 1.0
    assert share(ends - 1, 0) == 0.0
    assert share(ends - 60_000, 50) == 0.0
    assert 0.3 < share(ends - 50, 50) < 0.44
    assert share(ends - 150, 50) < 0.1


def test_times_to_live_are_spread_below_the_one_that_is_said(shelf: Shelf, redis_store: RedisStore) -> None:
    ids = range(1, 201)
    shelf.things = dict.fromkeys(ids, "x")
    reading(shelf, RedisCache(redis_store)).get_many(ids)
    lives = [redis_store.client.pttl(redis_store.key(POST.of(id_))) for id_ in ids]
    assert max(lives) <= POST.ttl_ms
    assert min(lives) > 0.88 * POST.ttl_ms
    assert len(set(lives)) > 100


def test_without_the_cache_reads_go_to_the_store(shelf: Shelf) -> None:
    class Away(MemoryCache):
        def values(self, keys):  # type: ignore[no-untyped-def]
            raise Unavailable("Redis is away.")

        fill = forget = values  # type: ignore[assignment]

    shelf.things = {1: "one"}
    read = reading(shelf, Away(SystemClock()))
    assert read.get_many([1]) == {1: "one"}
    shelf.things = {1: "two"}
    with pytest.raises(Unavailable):
        read.forget([1])
    assert read.get_many([1]) == {1: "two"}


def test_keys_and_times_are_those_of_the_data_model() -> None:
    said = {key.pattern: key.ttl_ms // MINUTE for key in KEYS}
    assert said | {
        "user:{user_id}": 30, "post:{post_id}": 60, "feed:{user_id}:{page}": 5, "followers:{user_id}": 60,
        "following:{user_id}": 60, "follow_count:{user_id}": 5, "media:{media_id}": 1440,
        "active_stories:{user_id}": 1440, "story:{story_id}": 1440, "story_views:{story_id}": 1440,
    } == said  # fmt: skip
