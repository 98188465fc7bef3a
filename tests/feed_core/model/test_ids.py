"""Ids are unique, ordered on each shard, and tell their time and shard."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import SetClock, SystemClock
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import EPOCH_MS, MAX_ID, IdFactory, first_id_at, shard_of, time_of

NOON = 1_770_000_000_000


def test_a_million_ids_from_eight_threads_are_unique_and_rise_on_each_shard() -> None:
    factory = IdFactory(SystemClock())
    owners = list(range(1_000))

    def make(_: int) -> list[int]:
        return [id_ for _ in range(125) for id_ in factory.for_owners(owners)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))
    assert len({id_ for ids in made for id_ in ids}) == 1_000_000
    for ids in made:
        last: dict[int, int] = {}
        for id_ in ids:
            assert id_ > last.get(shard_of(id_), 0)
            last[shard_of(id_)] = id_


@given(st.lists(st.tuples(st.integers(-5_000, 5_000), st.integers(0, 3)), max_size=60))
def test_ids_of_a_shard_rise_though_the_clock_steps_back(steps: list[tuple[int, int]]) -> None:
    clock = SetClock(NOON)
    factory = IdFactory(clock, shards=4)
    last = [0] * 4
    for step, owner in steps:
        clock.set(clock.now() + step)
        id_ = factory.for_owner(owner)
        assert id_ > last[owner]
        last[owner] = id_


@given(st.integers(0, 10**9), st.integers(1, 1_024), st.integers(EPOCH_MS, EPOCH_MS + (1 << 41) - 1))
def test_an_id_tells_its_time_and_its_owners_shard(owner: int, shards: int, now: int) -> None:
    id_ = IdFactory(SetClock(now), shards).for_owner(owner)
    assert (time_of(id_), shard_of(id_)) == (now, owner % shards)
    assert first_id_at(now) <= id_ < first_id_at(now + 1)
    assert 0 <= id_ <= MAX_ID


def test_more_ids_than_fit_a_millisecond_run_ahead_of_the_clock() -> None:
    ids = IdFactory(SetClock(NOON), shards=1).for_owners([7] * 10_000)
    assert ids == sorted(set(ids))
    assert time_of(ids[-1]) == NOON + 2


@pytest.mark.parametrize("now", [EPOCH_MS - 1, EPOCH_MS + (1 << 41), 0])
def test_a_clock_outside_the_range_of_ids_is_refused(now: int) -> None:
    with pytest.raises(InvalidInput, match="clock is outside"):
        IdFactory(SetClock(now)).for_owner(1)


@pytest.mark.parametrize("shards", [0, -1, 1_025])
def test_shards_that_do_not_fit_are_refused(shards: int) -> None:
    with pytest.raises(InvalidInput, match="10 bits"):
        IdFactory(SetClock(NOON), shards)


def test_ids_stay_inside_the_reserved_stretches() -> None:
    given_out: list[tuple[int, int]] = []

    def reserve(from_ms: int) -> tuple[int, int]:
        start = max(from_ms, given_out[-1][1] + 1_000 if given_out else 0)
        given_out.append((start, start + 2))
        return given_out[-1]

    clock = SetClock(NOON)
    factory = IdFactory(clock, shards=2, reserve=reserve)
    ids = factory.for_owners([0] * 10_000 + [1])
    clock.set(NOON - 5_000)
    ids += factory.for_owners([0, 1])
    clock.set(NOON + 60_000)
    ids += factory.for_owners([0, 1])
    assert len(set(ids)) == len(ids)
    assert all(any(start <= time_of(id_) < end for start, end in given_out) for id_ in ids)
    assert len(given_out) == 3


def test_no_id_is_made_beyond_the_last_one() -> None:
    clock = SetClock(EPOCH_MS + (1 << 41) - 1)
    assert IdFactory(clock, shards=1024).for_owners([1023] * 4_096)[-1] == MAX_ID
    with pytest.raises(InvalidInput, match="2069"):
        IdFactory(clock).for_owners([0] * 4_097)
