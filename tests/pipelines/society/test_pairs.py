"""Pair sets and counts answer as Python's own set and Counter do."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.society.pairs import PairCounts, PairSet, tie_strength

SIZE = 12
PAIRS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=40)
EVERY = np.indices((SIZE, SIZE))


def _columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@given(st.lists(PAIRS, max_size=4))
def test_a_pair_set_is_a_set(batches: list[list[tuple[int, int]]]) -> None:
    pairs, truth = PairSet(SIZE), set[tuple[int, int]]()
    for batch in batches:
        pairs.add(*_columns(batch))
        truth |= set(batch)
    has = pairs.has(EVERY[0], EVERY[1])
    assert {(s, t) for s, t in zip(*np.nonzero(has), strict=True)} == truth
    assert len(pairs) == len(truth)
    assert set(zip(*(part.tolist() for part in pairs.arrays()), strict=True)) == truth
    for source in range(SIZE):
        assert pairs.targets(source).tolist() == sorted(t for s, t in truth if s == source)


@given(st.lists(PAIRS, max_size=4))
def test_pair_counts_count(batches: list[list[tuple[int, int]]]) -> None:
    counts, truth = PairCounts(SIZE), Counter[tuple[int, int]]()
    for batch in batches:
        counts.add(*_columns(batch))
        truth.update(batch)
    counted = counts.of(EVERY[0], EVERY[1])
    assert {(s, t): counted[s, t] for s, t in truth} == dict(truth)
    assert counted.sum() == sum(truth.values())


def test_cleared_counts_are_zero() -> None:
    counts = PairCounts(SIZE)
    counts.add(np.array([1, 1]), np.array([2, 2]))
    counts.clear()
    assert counts.of(np.array([1]), np.array([2])).tolist() == [0]


def test_shapes_broadcast() -> None:
    pairs = PairSet(SIZE)
    pairs.add(np.array([1, 2]), np.array([3, 4]))
    has = pairs.has(np.array([[1], [2]]), np.array([[3, 4]]))
    assert has.tolist() == [[True, False], [False, True]]


def test_tie_strength_is_fixed_per_pair_directed_and_skewed_to_weak_ties() -> None:
    size = 400
    sources, targets = np.indices((size, size))
    ties = tie_strength(sources, targets, size)
    assert np.array_equal(ties, tie_strength(sources, targets, size))
    assert ((ties >= 0) & (ties < 1)).all()
    assert not np.allclose(ties, ties.T)
    assert abs(ties.mean() - 1 / 3) < 0.01
    assert np.median(ties) < 0.27
