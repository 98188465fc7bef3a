"""A cache that does not answer is left alone, by reads, for a second at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from feed_core.adapters.cached.breaker import PAUSE_SECONDS, Breaker
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import MARK, Cache, Fill, Telling


class Flaky(MemoryCache):
    """Answers while it is up; counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.up, self.asked, self.answering = True, 0, Event()
        self.answering.set()

    def _ask(self) -> None:
        self.asked += 1
        self.answering.wait(20)
        if not self.up:
            raise Unavailable("Redis is away.")

    def values(self, keys):  # type: ignore[no-untyped-def]
        self._ask()
        return super().values(keys)

    def forget(self, keys, tell=None):  # type: ignore[no-untyped-def]
        self._ask()
        return super().forget(keys, tell)


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cache() -> Flaky:
    return Flaky()


@pytest.fixture
def time() -> Time:
    return Time()


READS: list[Callable[[Cache], object]] = [
    lambda cache: cache.values(["a"]),
    lambda cache: cache.sets(["a"]),
    lambda cache: cache.hashes(["a"]),
    lambda cache: cache.lease(["a"]),
    lambda cache: cache.fill({"a": Fill(b"", b"", 1)}, {}),
    lambda cache: cache.fill({}, {"a": Fill((), b"", 1)}),
    lambda cache: cache.fill_hashes({"a": Fill({}, b"", 1)}),
]


def test_after_a_failed_read_nothing_is_read_or_filled_for_a_second(cache: Flaky, time: Time) -> None:
    breaker = Breaker(cache, time)
    assert breaker.values(["a"]) == [None]
    cache.up = False
    with pytest.raises(Unavailable, match="away"):
        breaker.values(["a"])
    cache.up, asked = True, cache.asked
    for read in READS:
        with pytest.raises(Unavailable, match="a moment ago"):
            read(breaker)
    assert cache.asked == asked
    time.now += PAUSE_SECONDS
    assert breaker.values(["a"]) == [None]
    for read in READS:
        read(breaker)


def test_one_tries_again_while_the_others_are_refused(cache: Flaky, time: Time) -> None:
    breaker = Breaker(cache, time)
    cache.up = False
    with pytest.raises(Unavailable):
        breaker.values(["a"])
    time.now += PAUSE_SECONDS
    cache.answering.clear()
    with ThreadPoolExecutor(1) as pool:
        trying = pool.submit(breaker.values, ["a"])
        while cache.asked < 2:
            Event().wait(0.001)
        with pytest.raises(Unavailable, match="a moment ago"):
            breaker.values(["a"])
        cache.answering.set()
        with pytest.raises(Unavailable, match="away"):
            trying.result()
    assert cache.asked == 2


def test_what_a_write_has_to_tell_is_always_tried(cache: Flaky, time: Time) -> None:
    breaker = Breaker(cache, time)
    cache.up = False
    with pytest.raises(Unavailable):
        breaker.values(["a"])
    for _ in range(2):
        with pytest.raises(Unavailable, match="away"):
            breaker.forget(["a"])
    cache.up = True
    before = cache.lease(["a"])
    breaker.forget(["a"])
    assert cache.lease(["a"]) != before
    breaker.add_to_sets({"a": [1]}, 9)
    breaker.mark(["a"], 9_000)
    assert MemoryCache.values(cache, ["a"]) == [MARK]
    heard: list[bytes | None] = []
    listening = breaker.subscribe("c", heard.append)
    breaker.forget([], Telling("c", b"x"))
    assert heard == [b"x"]
    assert listening.whole
    listening.end()
