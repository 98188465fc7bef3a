"""Reading through the caches: how often the store is asked, what is remembered, who hears of a write."""

import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal
from feed_core.adapters.cached.keys import KEYS, POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.reading import ReadThrough
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.model.clock import HOUR, MINUTE, SetClock, SystemClock
from feed_core.model.errors import Unavailable
from tests.servers import wait_until

ROOT = Path(__file__).parents[4]
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


def reading(
    shelf: Shelf, cache: RedisCache | MemoryCache, near: Near, clock: SetClock | SystemClock
) -> ReadThrough[str]:
    return ReadThrough(POST, cache, near, clock, (str.encode, bytes.decode), shelf.load)


def test_the_store_is_asked_once_also_for_what_is_not_there(shelf: Shelf) -> None:
    clock = SetClock(START)
    cache = MemoryCache(clock)
    near = Near(cache, clock)
    read = reading(shelf, cache, near, clock)
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
    near = Near(cache, clock)
    read = reading(shelf, cache, near, clock)
    shelf.things = {1: "one"}
    read.get_many([1])
    clock.set(START + 2 * MINUTE)
    assert near.find([POST.of(1)]) == {}
    read.get_many([1])
    assert len(shelf.asked) == 1
    clock.set(START + HOUR)
    read.get_many([1])
    assert len(shelf.asked) == 2


def test_of_many_that_miss_at_once_one_asks_the_store(shelf: Shelf) -> None:
    cache = MemoryCache(SystemClock())
    near, gate = Near(cache, SystemClock()), threading.Barrier(16)
    shelf.things, entered, go = {1: "one"}, threading.Event(), threading.Event()

    def slow(ids: list[int]) -> Mapping[int, str]:
        entered.set()
        go.wait(20)
        return shelf.load(ids)

    read = ReadThrough[str](POST, cache, near, SystemClock(), (str.encode, bytes.decode), slow)

    def want(_: int) -> dict[int, str]:
        gate.wait()
        return read.get_many([1])

    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(want, range(16))
        entered.wait(20)
        go.set()
        assert all(answer == {1: "one"} for answer in answers)
    assert shelf.asked == [[1]]


def test_a_failed_fetch_fails_for_all_and_is_tried_again(shelf: Shelf) -> None:
    cache = MemoryCache(SystemClock())
    failures = [Unavailable("Cassandra is away.")]

    def load(ids: list[int]) -> Mapping[int, str]:
        if failures:
            raise failures.pop()
        return shelf.load(ids)

    shelf.things = {1: "one"}
    near = Near(cache, SystemClock())
    read = ReadThrough[str](POST, cache, near, SystemClock(), (str.encode, bytes.decode), load)
    with pytest.raises(Unavailable):
        read.get_many([1])
    assert read.get_many([1]) == {1: "one"}


def test_a_slow_reader_does_not_bring_an_old_value_back(shelf: Shelf, cache: RedisCache, near: Near) -> None:
    shelf.things = {1: "old"}
    read: ReadThrough[str]

    def overtaken(ids: list[int]) -> Mapping[int, str]:
        found = shelf.load(ids)
        if shelf.things[1] == "old":
            shelf.things[1] = "new"
            read.forget([1])
        return found

    read = ReadThrough(POST, cache, near, SystemClock(), (str.encode, bytes.decode), overtaken)
    assert read.get_many([1]) == {1: "old"}
    assert read.get_many([1]) == {1: "new"}


def test_a_value_of_another_version_is_read_anew(shelf: Shelf, redis_store: RedisStore, near: Near) -> None:
    shelf.things = {1: "one"}
    redis_store.client.set(redis_store.key(POST.of(1)), b"\x63whatever another release wrote")
    read = reading(shelf, RedisCache(redis_store), near, SystemClock())
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


def test_times_to_live_are_spread_below_the_one_that_is_said(
    shelf: Shelf, redis_store: RedisStore, near: Near
) -> None:
    ids = range(1, 201)
    shelf.things = dict.fromkeys(ids, "x")
    reading(shelf, RedisCache(redis_store), near, SystemClock()).get_many(ids)
    lives = [redis_store.client.pttl(redis_store.key(POST.of(id_))) for id_ in ids]
    assert max(lives) <= POST.ttl_ms
    assert min(lives) > 0.88 * POST.ttl_ms
    assert len(set(lives)) > 100


def test_without_the_cache_reads_go_to_the_store(shelf: Shelf) -> None:
    class Away(MemoryCache):
        def values(self, keys):  # type: ignore[no-untyped-def]
            raise Unavailable("Redis is away.")

        fill_values = forget = values  # type: ignore[assignment]

    cache = Away(SystemClock())
    shelf.things = {1: "one"}
    near = Near(cache, SystemClock())
    read = reading(shelf, cache, near, SystemClock())
    assert read.get_many([1]) == {1: "one"}
    shelf.things = {1: "two"}
    with pytest.raises(Unavailable):
        read.forget([1])
    assert read.get_many([1]) == {1: "two"}


_OTHER = """
import sys
from feed_core.adapters.cached.keys import POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import open_redis
from feed_core.model.clock import SystemClock
cache = RedisCache(open_redis(sys.stdin.readline().strip()))
near = Near(cache, SystemClock())
near.keep({POST.of(1): "kept", POST.of(2): "kept"}, near.mark())
print("ready", flush=True)
while line := sys.stdin.readline().strip():
    if line == "forget":
        cache.forget([POST.of(1)])
        near.forget([POST.of(1)])
    print(sorted(near.find([POST.of(1), POST.of(2)])), flush=True)
near.close()
"""


def test_a_write_in_one_process_is_forgotten_in_the_other(
    near: Near, redis_store: RedisStore, redis_url: str
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", _OTHER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin
    assert other.stdout

    def tell(line: str) -> str:
        print(line, file=other.stdin, flush=True)
        return other.stdout.readline().strip()  # type: ignore[union-attr]

    assert tell(redis_url) == "ready"
    both = [POST.of(1), POST.of(2)]
    near.keep(dict.fromkeys(both, "mine"), near.mark())
    near.forget([POST.of(2)])
    wait_until(lambda: tell("look") == str([POST.of(1)]))
    near.keep(dict.fromkeys(both, "mine"), near.mark())
    tell("forget")
    wait_until(lambda: near.find(both).keys() == {POST.of(2)})
    other.stdin.close()
    assert other.wait(30) == 0


def test_after_a_lost_connection_everything_near_is_forgotten(near: Near, redis_store: RedisStore) -> None:
    near.keep({"post:1": "x"}, near.mark())
    for client in redis_store.client.client_list(_type="pubsub"):
        redis_store.client.client_kill_filter(_id=client["id"])
    wait_until(lambda: near.find(["post:1"]) == {})


def test_keys_and_times_are_those_of_the_data_model() -> None:
    said = {key.pattern: key.ttl_ms // MINUTE for key in KEYS}
    assert said | {
        "user:{user_id}": 30, "post:{post_id}": 60, "feed:{user_id}:{page}": 5, "followers:{user_id}": 60,
        "following:{user_id}": 60, "follow_count:{user_id}": 5, "media:{media_id}": 1440,
        "active_stories:{user_id}": 1440, "story:{story_id}": 1440, "story_views:{story_id}": 1440,
    } == said  # fmt: skip
