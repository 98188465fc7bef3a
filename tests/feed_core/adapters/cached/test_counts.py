"""Follow counts through the cache: those of nobody are remembered too, and every change is seen."""

from collections.abc import Collection, Mapping
from random import Random

import pytest

from feed_core.adapters.cached.counts import CachedCounts
from feed_core.adapters.cached.keys import FOLLOW_COUNT
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SetClock
from feed_core.model.errors import Unavailable
from feed_core.model.users import UserStats


class Counted:
    """A store of counts that notes whom it is asked about."""

    def __init__(self) -> None:
        self.stats: dict[int, UserStats] = {}
        self.asked: list[list[int]] = []

    def load(self, ids: Collection[int]) -> Mapping[int, UserStats]:
        self.asked.append(list(ids))
        return {id_: self.stats[id_] for id_ in ids if id_ in self.stats}


def test_nobody_is_asked_about_twice_also_where_nothing_was_counted() -> None:
    store = Counted()
    counts = CachedCounts(MemoryCache(SetClock(0)), store.load)
    store.stats = {1: UserStats(followers=-1, posts=(1 << 63) - 1), 2: UserStats()}
    for _ in range(3):
        assert counts.get_many([1, 2, 3, 1]) == store.stats
    assert store.asked == [[1, 2, 3]]
    assert counts.get_many(()) == {}
    assert store.asked == [[1, 2, 3]]


@pytest.mark.parametrize("refused", ["hashes", "lease", "fill_hashes"])
def test_whatever_of_the_cache_is_away_the_store_answers(
    refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("The cache is away.")

    cache, store = MemoryCache(SetClock(0)), Counted()
    store.stats = {1: UserStats(posts=4)}
    monkeypatch.setattr(cache, refused, away)
    assert CachedCounts(cache, store.load).get_many([1, 2]) == store.stats


@pytest.mark.parametrize("seed", range(3))
def test_over_random_histories_of_two_processes_the_answers_are_the_stores(seed: int) -> None:
    random, clock, store = Random(seed), SetClock(0), Counted()
    cache = MemoryCache(clock)
    both = [CachedCounts(cache, store.load) for _ in range(2)]
    for turn in range(200):
        if turn % 2:
            id_ = random.randint(1, 3)
            store.stats[id_] = UserStats(followers=turn)
            random.choice(both).forget([id_])
        clock.set(turn * FOLLOW_COUNT.ttl_ms // 7)
        asked = random.sample(range(1, 5), 3)
        said = {id_: store.stats[id_] for id_ in asked if id_ in store.stats}
        assert random.choice(both).get_many(asked) == said, turn
    assert len(store.asked) < 200
