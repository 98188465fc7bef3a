"""Impressions come in order of time, in whole lists, sampled by a chance that is each list's own."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY, HOUR
from tests.training.lake import START, Lake
from training.datasets.impressions import Impressions, read_impressions, sampled

SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=60)


def _shown(sizes: list[int], first: int = 1) -> Impressions:
    """A list of each size, ids counting up from ``first``."""
    queries = np.repeat(np.arange(first, first + len(sizes)), sizes)
    plain = np.ones(len(queries), np.int64)
    return Impressions(plain, plain, plain, queries, plain, np.arange(len(queries)), queries)


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path)


@settings(max_examples=20)
@given(sizes=SIZES, rows=st.integers(1, 300), seed=st.integers(0, 5))
def test_a_sample_is_whole_lists_in_their_order(sizes, rows, seed) -> None:
    shown = _shown(sizes)
    some = sampled(shown, rows, seed)
    kept = np.isin(shown.queries, some.queries)
    np.testing.assert_array_equal(some.times, shown.times[kept])
    if rows >= len(shown):
        assert len(some) == len(shown)


@settings(max_examples=20)
@given(sizes=SIZES, more=SIZES, rows=st.integers(1, 200), seed=st.integers(0, 5))
def test_more_lists_for_the_same_sample_only_thin_it_out(sizes, more, rows, seed) -> None:
    few, others = _shown(sizes), _shown(more, first=10_000)
    names = [field.name for field in fields(Impressions)]
    both = Impressions(
        **{name: np.concatenate([getattr(few, name), getattr(others, name)]) for name in names}
    )
    alone, beside = sampled(few, rows, seed).queries, sampled(both, rows, seed).queries
    assert set(beside[beside < 10_000].tolist()) <= set(alone.tolist())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_sample_is_about_as_large_as_was_asked(share: float, seed: int) -> None:
    shown = _shown([5] * 4_000)
    found = len(sampled(shown, round(share * len(shown)), seed)) / len(shown)
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / 4_000)


def test_lists_of_two_seeds_are_drawn_apart() -> None:
    shown = _shown([1] * 4_000)
    first, second = (set(sampled(shown, 2_000, seed).queries.tolist()) for seed in (1, 2))
    assert abs(len(first & second) - 1_000) < 150, "half of one half, as chance has it"


def test_times_ascend_and_equal_ones_keep_the_order_of_the_events(lake) -> None:
    for at, post in ((2 * HOUR, 1), (HOUR, 2), (2 * HOUR, 3), (HOUR, 4)):
        lake.event("impression", 1, post, at)
    shown = read_impressions(lake.write(), start=START, end=START + DAY)
    assert shown.posts.tolist() == [2, 4, 1, 3]
    assert shown.times.tolist() == sorted(shown.times.tolist())


def test_a_decision_is_a_list_and_without_one_each_persons_day_is(lake) -> None:
    lake.decision(7, 1, [11, 12], HOUR)
    lake.decision(8, 1, [11], HOUR)
    for user, at in ((1, HOUR), (1, DAY - 1), (1, DAY), (2, HOUR), (2, 2 * HOUR)):
        lake.event("impression", user, 11, at)
    shown = read_impressions(lake.write(), start=START, end=START + 2 * DAY)
    lists: dict[int, set[tuple[int, int]]] = {}
    for query, user, time in zip(
        shown.queries.tolist(), shown.users.tolist(), shown.times.tolist(), strict=True
    ):
        lists.setdefault(query, set()).add((user, time // DAY))
    assert all(len(days) == 1 for days in lists.values())
    assert sorted(query for query in lists if query > 0) == [7, 8]
    assert sorted(next(iter(days)) for query, days in lists.items() if query < 0) == [
        (1, START // DAY), (1, START // DAY + 1), (2, START // DAY),
    ]  # fmt: skip


def test_a_position_that_is_not_known_is_the_first(lake) -> None:
    for position in (-1, 0, 3):
        lake.event("impression", 1, 11, HOUR + position, position=position)
    assert read_impressions(lake.write(), start=START, end=START + DAY).positions.tolist() == [0, 0, 3]


def test_other_actions_and_other_times_are_no_impressions(lake) -> None:
    for action, at in (("like", HOUR), ("dwell", HOUR), ("impression", DAY), ("impression", DAY - 1)):
        lake.event(action, 1, 11, at)
    shown = read_impressions(lake.write(), start=START, end=START + DAY)
    assert shown.times.tolist() == [START + DAY - 1]
    assert len(read_impressions(lake.home, start=START + 5 * DAY, end=START + 6 * DAY)) == 0
    assert len(sampled(read_impressions(lake.home, start=START, end=START), 5, 0)) == 0
