"""What is kept near is never older than what was last forgotten, however reads and writes cross."""

from random import Random

import pytest

from feed_core.adapters.cached.keys import CHANNEL, L1_ENTRIES
from feed_core.adapters.cached.near import Near
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable

KEYS = ("a", "b", "c")


class Heard:
    """Listening that can miss things."""

    whole = True

    def end(self) -> None:
        """Nothing was begun."""


class Cache(MemoryCache):
    """Lets the test say what is heard; forgets while ``up``."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.heard, self.up = Heard(), True

    def subscribe(self, channel, handle):  # type: ignore[no-untyped-def]
        super().subscribe(channel, handle)
        return self.heard

    def forget(self, keys, tell=None):  # type: ignore[no-untyped-def]
        if not self.up:
            raise Unavailable("The cache is away.")
        super().forget(keys, tell)


@pytest.fixture
def cache() -> Cache:
    return Cache()


@pytest.mark.parametrize("seed", range(4))
def test_reads_that_cross_writes_keep_nothing_old(cache: Cache, seed: int) -> None:
    random, both = Random(seed), [Near(cache) for _ in range(2)]
    store, under_way = dict.fromkeys(KEYS, 0), list[tuple[Near, dict[str, object], int]]()
    for turn in range(600):
        act, near = random.random(), random.choice(both)
        if act < 0.3:
            some = random.sample(KEYS, 2)
            mark = near.mark()
            under_way.append((near, {key: store[key] for key in some}, mark))
        elif act < 0.6 and under_way:
            reader, found, mark = under_way.pop(random.randrange(len(under_way)))
            reader.keep(found, mark)
        elif act < 0.8:
            key = random.choice(KEYS)
            store[key] = turn
            near.forget([key])
        for each in both:
            assert each.find(KEYS).items() <= store.items(), turn


def test_a_pinned_block_keeps_only_what_held_when_it_began(cache: Cache) -> None:
    near = Near(cache)
    with near.pinned():
        near.forget(["a"])
        near.keep({"a": "old", "b": "x"}, near.mark())
    assert near.find(KEYS) == {"b": "x"}
    near.keep({"a": "new"}, near.mark())
    assert near.find(KEYS) == {"a": "new", "b": "x"}


def test_a_pinned_block_finds_nothing_that_may_be_older_than_its_moment(cache: Cache) -> None:
    near = Near(cache)
    near.keep({"a": 1}, near.mark())
    with near.pinned():
        assert near.find(KEYS) == {}
    assert near.find(KEYS) == {"a": 1}


def test_a_pin_ends_with_its_block_also_when_that_fails(cache: Cache) -> None:
    near = Near(cache)
    with pytest.raises(KeyError), near.pinned():
        raise KeyError
    near.forget(["a"])
    near.keep({"a": "new"}, near.mark())
    assert near.find(["a"]) == {"a": "new"}


def test_while_not_everything_is_heard_nothing_is_found_and_after_a_gap_all_is_forgotten(
    cache: Cache,
) -> None:
    near = Near(cache)
    near.keep({"a": 1}, near.mark())
    before = near.mark()
    cache.heard.whole = False
    assert near.find(["a"]) == {}
    for handle in cache._handles[CHANNEL]:
        handle(None)
    cache.heard.whole = True
    near.keep({"b": 2}, before)
    assert near.find(KEYS) == {}, "it may have been forgotten while nobody listened"
    near.keep({"b": 2}, near.mark())
    assert near.find(KEYS) == {"b": 2}


def test_who_cannot_tell_the_others_has_forgotten_here_and_says_so(cache: Cache) -> None:
    near = Near(cache)
    near.keep({"a": 1}, near.mark())
    cache.up = False
    with pytest.raises(Unavailable):
        near.forget(["a"])
    assert near.find(["a"]) == {}


def test_a_thousand_objects_are_kept_and_the_one_more_replaces_one(cache: Cache) -> None:
    near, keys = Near(cache), [str(number) for number in range(L1_ENTRIES + 1)]
    near.keep(dict.fromkeys(keys[:-1], 1), near.mark())
    assert len(near.find(keys)) == L1_ENTRIES
    near.keep({keys[-1]: 1}, near.mark())
    assert len(near.find(keys)) == L1_ENTRIES
    assert near.find(keys[-1:])


def test_a_process_that_has_closed_hears_nothing_more() -> None:
    cache = MemoryCache(SystemClock())
    one, other = Near(cache), Near(cache)
    one.keep({"a": 1}, one.mark())
    one.close()
    other.forget(["a"])
    assert one.find(["a"]) == {"a": 1}
    other.close()
