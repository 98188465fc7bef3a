"""Sets through the cache are those of the store, and only as large as they may be are they kept."""

from collections.abc import Collection, Mapping
from random import Random

import pytest

from feed_core.adapters.cached.keys import LIKED
from feed_core.adapters.cached.sets import CachedSets
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SetClock
from feed_core.model.errors import Unavailable

MOST = 4


class Shelf:
    """A store of sets that notes what it is asked for."""

    def __init__(self) -> None:
        self.sets: dict[int, set[int]] = {}
        self.asked: list[list[int]] = []

    def load(self, owners: list[int]) -> Mapping[int, Collection[int]]:
        self.asked.append(list(owners))
        return {owner: self.sets[owner] for owner in owners if self.sets.get(owner)}

    def said(self, owners: Collection[int]) -> dict[int, list[int]]:
        return {owner: sorted(self.sets[owner]) for owner in owners if self.sets.get(owner)}


class Away(MemoryCache):
    """Answers none of ``refused``."""

    refused: frozenset[str] = frozenset()

    def __getattribute__(self, name: str) -> object:
        if name in super().__getattribute__("refused"):
            raise Unavailable("The cache is away.")
        return super().__getattribute__(name)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_000)


@pytest.fixture
def cache(clock: SetClock) -> Away:
    return Away(clock)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def sets(shelf: Shelf, cache: Away) -> CachedSets[int]:
    return CachedSets(LIKED, cache, shelf.load, MOST)


def test_that_there_is_nothing_is_kept_too_and_nobody_is_asked_twice(
    sets: CachedSets[int], shelf: Shelf
) -> None:
    shelf.sets = {1: {9, 3}}
    for _ in range(3):
        assert sets.get_many([2, 1, 2, 1]) == {1: [3, 9]}
    assert shelf.asked == [[2, 1]]
    assert sets.get_many([]) == {}


@pytest.mark.parametrize(("size", "asked"), [(MOST, 1), (MOST + 1, 3)])
def test_a_set_beyond_the_limit_is_read_whole_and_not_kept(
    sets: CachedSets[int], shelf: Shelf, size: int, asked: int
) -> None:
    shelf.sets = {1: set(range(size))}
    for _ in range(3):
        assert sets.get_many([1]) == {1: list(range(size))}
    assert len(shelf.asked) == asked


def test_one_that_grows_over_the_limit_is_let_go_and_read_from_the_store(
    sets: CachedSets[int], shelf: Shelf
) -> None:
    shelf.sets = {1: set(range(MOST))}
    sets.get_many([1])
    shelf.sets[1].add(77)
    sets.add({1: [77]})
    assert sets.get_many([1]) == {1: [*range(MOST), 77]}
    assert len(shelf.asked) == 2


def test_a_set_lives_its_time(sets: CachedSets[int], shelf: Shelf, clock: SetClock) -> None:
    shelf.sets = {1: {5}}
    sets.get_many([1])
    shelf.sets = {1: {6}}
    began = clock.now()
    clock.set(began + LIKED.ttl_ms * 9 // 10 - 1)
    assert sets.get_many([1]) == {1: [5]}
    clock.set(began + LIKED.ttl_ms)
    assert sets.get_many([1]) == {1: [6]}


@pytest.mark.parametrize("refused", ["sets", "lease", "fill"])
def test_whatever_of_the_cache_is_away_the_store_answers(
    sets: CachedSets[int], shelf: Shelf, cache: Away, refused: str
) -> None:
    shelf.sets = {1: {5}, 2: set()}
    cache.refused = frozenset({refused})
    assert sets.get_many([1, 2, 3]) == {1: [5]}


@pytest.mark.parametrize("refused", ["forget", "add_to_sets"])
def test_a_change_that_the_cache_cannot_be_told_of_is_an_error_unless_there_is_none(
    sets: CachedSets[int], cache: Away, refused: str
) -> None:
    cache.refused = frozenset({refused})
    tell = sets.forget if refused == "forget" else lambda owners: sets.add({owner: [1] for owner in owners})
    with pytest.raises(Unavailable):
        tell([1])
    tell([])


@pytest.mark.parametrize("seed", range(3))
def test_over_random_histories_of_two_processes_the_answers_are_the_stores(seed: int) -> None:
    random, clock, shelf = Random(seed), SetClock(0), Shelf()
    cache = MemoryCache(clock)
    both = [CachedSets(LIKED, cache, shelf.load, MOST) for _ in range(2)]
    for turn in range(300):
        owner, member = random.randint(1, 3), random.randint(1, 7)
        if turn % 3:
            shelf.sets.setdefault(owner, set()).add(member)
            random.choice(both).add({owner: [member]})
        else:
            shelf.sets.setdefault(owner, set()).discard(member)
            random.choice(both).forget([owner])
        clock.set(turn * LIKED.ttl_ms // 10)
        asked = random.sample(range(1, 5), 3)
        assert random.choice(both).get_many(asked) == shelf.said(asked), turn
    assert len(shelf.asked) < 300
