"""Many who miss the same thing at once ask the store once, and what was cached together ends one by one."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from feed_core.adapters.cached import flights
from feed_core.adapters.cached.counts import CachedCounts
from feed_core.adapters.cached.keys import FEED, FOLLOW_COUNT, LIKED, POST, CacheKey, spread
from feed_core.adapters.cached.newest import Newest, Request
from feed_core.adapters.cached.reading import ReadThrough, Shape
from feed_core.adapters.cached.sets import CachedSets
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import HOUR, SetClock
from feed_core.model.timelines import NEWEST, Entry
from feed_core.model.users import UserStats

EVERYBODY = 16
START = 1_700_000_000_000
ENTRY = Entry(delivered_at=START, post_id=5, via_id=6, author_id=6)
THINGS: Mapping[str, Any] = {
    "values": "one",
    "sets": [3, 4],
    "counts": UserStats(posts=7),
    "newest": [ENTRY],
}
Read = Callable[[Collection[int]], Mapping[int, Any]]


def reader(kind: str, load: Read, clock: SetClock) -> Read:
    """What reads things of a kind by id through a cache."""
    cache = MemoryCache(clock)
    if kind == "values":
        return ReadThrough[str](Shape(POST, str.encode, bytes.decode), cache, clock, load).get_many
    if kind == "sets":
        return CachedSets[int](LIKED, cache, load).get_many
    if kind == "counts":
        return CachedCounts(cache, load).get_many

    def lists(asked: Sequence[Request], _: int) -> list[list[Entry]]:
        found = load([id_ for id_, _, _ in asked])
        return [found[id_] for id_, _, _ in asked]

    newest = Newest(FEED.of, FEED, cache, clock, lists)
    return lambda ids: dict(zip(ids, newest.read([(id_, NEWEST, 20) for id_ in ids], 0), strict=True))


@pytest.mark.parametrize("kind", THINGS)
def test_of_many_that_miss_at_once_one_asks_the_store(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, asked = threading.Semaphore(0), []

    class Watched(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            waiting.release()
            return super().result(timeout)

    def slow(ids: Collection[int]) -> Mapping[int, Any]:
        assert all(waiting.acquire(timeout=20) for _ in range(EVERYBODY - 1))
        asked.append(list(ids))
        return dict.fromkeys(ids, THINGS[kind])

    monkeypatch.setattr(flights, "Future", Watched)
    read, gate = reader(kind, slow, SetClock(START)), threading.Barrier(EVERYBODY)

    def want(_: int) -> Mapping[int, Any]:
        gate.wait()
        return read([1])

    with ThreadPoolExecutor(EVERYBODY) as pool:
        assert all(answer == {1: THINGS[kind]} for answer in pool.map(want, range(EVERYBODY)))
    assert asked == [[1]]


@pytest.mark.parametrize(
    ("kind", "key"), [("values", POST), ("sets", LIKED), ("counts", FOLLOW_COUNT), ("newest", FEED)]
)
@pytest.mark.parametrize(("percent", "fewest", "most"), [(89, 0, 0), (95, 50, 150), (100, 200, 200)])
def test_what_was_cached_together_ends_one_by_one(
    kind: str, key: CacheKey, percent: int, fewest: int, most: int
) -> None:
    clock, asked = SetClock(START), set[int]()

    def load(ids: Collection[int]) -> Mapping[int, Any]:
        asked.update(ids)
        return dict.fromkeys(ids, THINGS[kind])

    read, everybody = reader(kind, load, clock), range(200)
    read(everybody)
    asked.clear()
    clock.set(START + key.ttl_ms * percent // 100)
    read(everybody)
    assert fewest <= len(asked) <= most


def test_a_time_to_live_is_a_tenth_shorter_at_most() -> None:
    lives = {spread(HOUR) for _ in range(2_000)}
    assert HOUR * 9 // 10 <= min(lives) < max(lives) <= HOUR
    assert spread(1) == 1
