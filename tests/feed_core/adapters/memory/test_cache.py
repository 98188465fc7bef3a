"""The cache in this process holds what a plain dictionary of leases and times says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SetClock
from feed_core.ports.cache import Fill, Telling

NOW = 1_770_000_000_000
KEYS = ["a", "b", "ключ"]
keys = st.sampled_from(KEYS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("lease"), keys),
        st.tuples(st.just("fill"), keys, st.frozensets(st.integers(0, 3)), st.integers(0, 3)),
        st.tuples(st.just("grow"), keys, st.frozensets(st.integers(2, 6), max_size=2), st.integers(0, 4)),
        st.tuples(st.just("forget"), keys),
        st.tuples(st.just("wait"), st.integers(0, 2)),
    ),
    max_size=25,
)


class Plain:
    """What is held by key with its end, and the stamps that their keys were leased with since."""

    def __init__(self) -> None:
        self.now = 0
        self.held: dict[str, tuple[frozenset[int], int]] = {}
        self.leased: dict[str, bytes] = {}

    def answer(self, key: str) -> frozenset[int] | None:
        members, end = self.held.get(key, (None, 0))
        return members if end > self.now else None

    def fill(self, key: str, stamp: bytes, members: frozenset[int], ttl: int) -> None:
        if self.leased.get(key) == stamp:
            self.held[key] = (members, self.now + ttl)

    def grow(self, key: str, more: frozenset[int], most: int) -> None:
        self.leased.pop(key, None)
        members, end = self.held.pop(key, (None, 0))
        if members is not None and len(members | more) <= most:
            self.held[key] = (members | more, end)

    def forget(self, key: str) -> None:
        self.leased.pop(key, None)
        self.held.pop(key, None)


@given(steps)
@settings(max_examples=50)
def test_a_history_of_leases_fills_and_forgetting_is_that_of_a_dictionary(
    history: list[tuple[Any, ...]],
) -> None:
    clock, plain = SetClock(NOW), Plain()
    cache, last = MemoryCache(clock), dict.fromkeys(KEYS, b"")
    for verb, *rest in history:
        if verb == "wait":
            plain.now += rest[0]
            clock.set(NOW + plain.now)
            continue
        key = rest[0]
        if verb == "lease":
            (last[key],) = cache.lease([key])
            assert plain.leased.setdefault(key, last[key]) == last[key]
        elif verb == "fill":
            cache.fill({}, {key: Fill(rest[1], last[key], rest[2])})
            plain.fill(key, last[key], *rest[1:])
        elif verb == "grow":
            cache.add_to_sets({key: rest[1]}, rest[2])
            plain.grow(key, *rest[1:])
        else:
            cache.forget([key, key, "never held"])
            plain.forget(key)
        assert cache.sets(KEYS) == [plain.answer(each) for each in KEYS]


def test_what_was_filled_is_not_changed_through_what_it_was_filled_from() -> None:
    cache = MemoryCache(SetClock(NOW))
    stamps = cache.lease(["set", "hash"])
    members, numbers = {1, 2}, {"likes": 1}
    cache.fill({}, {"set": Fill(members, stamps[0], 9)})
    cache.fill_hashes({"hash": Fill(numbers, stamps[1], 9)})
    members.add(3)
    numbers["likes"] = 7
    assert cache.sets(["set"]) == [frozenset((1, 2))]
    assert cache.hashes(["hash"]) == [{"likes": 1}]


def test_an_empty_set_is_held_and_is_not_nothing() -> None:
    cache = MemoryCache(SetClock(NOW))
    (stamp,) = cache.lease(["crowd"])
    cache.fill({}, {"crowd": Fill((), stamp, 1)})
    assert cache.look(["crowd of values"], ["crowd"]) == ([None], [frozenset()])
    cache.add_to_sets({"crowd": [5]}, 1)
    assert cache.sets(["crowd"]) == [frozenset((5,))]
    cache.add_to_sets({"crowd": [6]}, 1)
    assert cache.sets(["crowd"]) == [None]


@pytest.mark.parametrize("asked", [[], ["a"], ["a", "a"], ["b", "a", "b"]])
def test_each_key_that_is_asked_for_has_its_answer(asked: list[str]) -> None:
    cache = MemoryCache(SetClock(NOW))
    (stamp,) = cache.lease(["a"])
    cache.fill({"a": Fill(b"1", stamp, 9)}, {})
    assert cache.values(asked) == [b"1" if key == "a" else None for key in asked]
    assert len(cache.lease(asked)) == len(asked)


def test_a_subscriber_that_ended_hears_no_more_and_the_others_do() -> None:
    cache, heard = MemoryCache(SetClock(NOW)), [[], []]
    first, second = (cache.subscribe("news", some.append) for some in heard)
    cache.forget((), Telling("other news", b"0"))
    cache.forget((), Telling("news", b"1"))
    first.end()
    cache.forget((), Telling("news", b"2"))
    assert heard == [[b"1"], [b"1", b"2"]]
    assert (first.whole, second.whole) == (True, True)


def test_a_subscriber_may_use_the_cache_and_subscribe_from_within() -> None:
    cache, heard = MemoryCache(SetClock(NOW)), []

    def handle(message: bytes | None) -> None:
        heard.append((message, cache.values(["a"])))
        cache.forget(["a"])
        if len(heard) == 1:
            cache.subscribe("news", handle)

    cache.subscribe("news", handle)
    cache.forget((), Telling("news", b"1"))
    assert heard == [(b"1", [None])]
    cache.forget((), Telling("news", b"2"))
    assert len(heard) == 3
