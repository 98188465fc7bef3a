"""What an interval may and may not depend on, and probabilities judged bin by bin."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput
from training.evaluation import (
    auc,
    expected_calibration_error,
    log_loss,
    mean_interval,
    mean_intervals,
    paired_difference,
    reliability,
)

values_of_users = st.lists(
    st.tuples(st.integers(-40, 40).map(float), st.integers(0, 9)), min_size=1, max_size=40
)


def _columns(rows) -> tuple[np.ndarray, np.ndarray]:
    values, users = zip(*rows, strict=True)
    return np.array(values), np.array(users)


@settings(max_examples=15)
@given(rows=values_of_users, scale=st.sampled_from([0.5, 4.0]), shift=st.integers(-9, 9))
def test_an_interval_moves_and_stretches_with_the_values(rows, scale, shift) -> None:
    values, users = _columns(rows)
    first = mean_interval(values, users, resamples=50)
    moved = mean_interval(values * scale + shift, users, resamples=50)
    expected = [scale * end + shift for end in (first.mean, first.low, first.high)]
    assert [moved.mean, moved.low, moved.high] == pytest.approx(expected)


@settings(max_examples=15)
@given(rows=values_of_users, data=st.data())
def test_neither_the_order_of_queries_nor_the_names_of_people_matter(rows, data) -> None:
    values, users = _columns(rows)
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    first = mean_interval(values, users, resamples=50)
    other = mean_interval(values[order], users[order] * 1_000_003 - (1 << 40), resamples=50)
    assert (other.mean, other.low, other.high) == pytest.approx((first.mean, first.low, first.high))
    assert (other.queries, other.users) == (first.queries, first.users)


@settings(max_examples=15)
@given(rows=values_of_users)
def test_an_interval_lies_within_the_means_of_single_people(rows) -> None:
    values, users = _columns(rows)
    means = [values[users == user].mean() for user in np.unique(users)]
    found = mean_interval(values, users, resamples=50)
    assert min(means) - 1e-9 <= found.low <= found.high <= max(means) + 1e-9
    if len(means) == 1:
        assert (found.low, found.high) == pytest.approx((found.mean, found.mean))


def test_a_higher_level_gives_a_wider_interval_around_the_narrower() -> None:
    rng = np.random.default_rng(0)
    values, users = rng.random(300), rng.integers(0, 50, 300)
    intervals = [mean_interval(values, users, level=level) for level in (0.5, 0.8, 0.95, 0.99)]
    for narrow, wide in pairwise(intervals):
        assert wide.low < narrow.low < narrow.high < wide.high
        assert wide.mean == narrow.mean


def test_a_row_without_a_value_for_some_people_is_judged_by_the_others() -> None:
    values = np.array([[1.0, np.nan, np.nan, 4.0], [1.0, 2.0, 3.0, 4.0]])
    some, every = mean_intervals(values, [1, 1, 2, 3], resamples=200)
    assert (some.mean, some.queries, some.users) == (2.5, 2, 2)
    assert (every.mean, every.queries, every.users) == (2.5, 4, 3)
    assert 1.0 <= some.low <= some.high <= 4.0


def test_a_row_without_any_value_is_refused_though_another_has_some() -> None:
    with pytest.raises(InvalidInput, match="relevant"):
        mean_intervals([[1.0, 2.0], [np.nan, np.nan]], [1, 2])
    with pytest.raises(InvalidInput, match="Shapes"):
        mean_intervals([1.0, 2.0], [1, 2])


def test_a_difference_to_itself_is_exactly_nothing_and_is_missing_where_either_is() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0])
    same = paired_difference(values, values, [1, 2, 3, 4])
    assert (same.mean, same.low, same.high, same.queries) == (0, 0, 0, 3)
    assert paired_difference(values, [np.nan, 1.0, 1.0, 1.0], [1, 2, 3, 4]).queries == 2


pairs = st.lists(st.tuples(st.integers(0, 20).map(lambda x: x / 20), st.booleans()), min_size=1, max_size=50)


@settings(max_examples=25)
@given(rows=pairs, bins=st.integers(1, 20))
def test_bins_hold_as_many_rows_each_as_can_be(rows, bins) -> None:
    p, y = _columns(rows)
    curve = reliability(p, y, bins)
    assert len(curve.count) == min(bins, len(rows))
    assert curve.count.max() - curve.count.min() <= 1


@settings(max_examples=25)
@given(rows=pairs, bins=st.integers(1, 20))
def test_calibration_error_is_the_mean_distance_bin_by_bin(rows, bins) -> None:
    ordered = sorted(rows, key=lambda row: row[0])
    edges = [len(rows) * i // min(bins, len(rows)) for i in range(min(bins, len(rows)) + 1)]
    distance = 0.0
    for start, end in pairwise(edges):
        part = ordered[start:end]
        distance += abs(math.fsum(p for p, _ in part) - sum(y for _, y in part))
    assert expected_calibration_error(*_columns(rows), bins) == pytest.approx(distance / len(rows), abs=1e-9)


@settings(max_examples=25)
@given(rows=pairs.filter(lambda rows: len({y for _, y in rows}) == 2))
def test_turning_the_scores_round_turns_the_auc_round(rows) -> None:
    p, y = _columns(rows)
    assert auc(-p, y) == pytest.approx(1 - auc(p, y))
    assert auc(p, ~y) == pytest.approx(1 - auc(p, y))
    assert auc(p**3 * 7 - 5, y) == pytest.approx(auc(p, y)), "the order alone counts"


@pytest.mark.parametrize(("told", "happened"), [(0.0, True), (1.0, False), (-3.0, True), (8.0, False)])
def test_certainty_that_is_wrong_costs_as_much_as_one_in_ten_million(told: float, happened: bool) -> None:
    assert log_loss([told], [happened]) == pytest.approx(-math.log(1e-7), rel=1e-6)
    assert log_loss([told], [not happened]) == pytest.approx(1e-7, rel=1e-3)
