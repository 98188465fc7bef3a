"""Intervals hold the truth as often as they say, resample people, and are reproducible."""

import numpy as np
import pytest

from feed_core.model.errors import InvalidInput
from training.evaluation import mean_interval, mean_intervals, paired_difference


def _oracle(values, users, draws):
    """Means over people drawn with replacement, one person at a time."""
    queries_of = {user: values[users == user] for user in np.unique(users)}
    return [np.concatenate([queries_of[user] for user in drawn]).mean() for drawn in draws]


def test_interval_is_that_of_resampling_people_one_by_one() -> None:
    rng = np.random.default_rng(0)
    users = rng.integers(0, 60, 400)
    values = rng.random(400) + users / 60
    draws = np.random.default_rng(1).choice(np.unique(users), size=(2_000, 60))
    low, high = np.quantile(_oracle(values, users, draws), [0.025, 0.975])
    found = mean_interval(values, users, resamples=2_000)
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


def test_95_percent_of_intervals_hold_the_true_mean() -> None:
    rng, held = np.random.default_rng(2), 0
    for trial in range(200):
        taste = rng.normal(0, 1, 80)
        users = rng.integers(0, 80, 300)
        found = mean_interval(taste[users] + rng.normal(0, 1, 300), users, resamples=300, seed=trial)
        held += found.low <= 0 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_many_queries_of_few_people_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(3)
    taste = rng.normal(0, 1, 20)
    users = np.repeat(np.arange(20), 200)
    by_person = mean_interval(taste[users], users)
    by_query = mean_interval(taste[users], np.arange(4_000))
    assert by_person.high - by_person.low > 5 * (by_query.high - by_query.low)


def test_nan_is_left_out_and_counted_out() -> None:
    found = mean_interval([1.0, np.nan, 3.0], [1, 2, 1])
    assert (found.mean, found.queries, found.users) == (2.0, 2, 1)


def test_pairing_sees_a_difference_that_separate_intervals_hide() -> None:
    rng = np.random.default_rng(4)
    users = np.arange(200)
    other = rng.normal(0, 1, 200)
    value = other + 0.1
    assert not mean_interval(value, users).above(mean_interval(other, users))
    lead = paired_difference(value, other, users)
    assert lead.low > 0
    assert lead.mean == pytest.approx(0.1)


def test_many_rows_at_once_equal_each_alone() -> None:
    rng = np.random.default_rng(5)
    values, users = rng.random((3, 100)), rng.integers(0, 30, 100)
    for found, row in zip(mean_intervals(values, users), values, strict=True):
        alone = mean_interval(row, users)
        assert (found.low, found.high) == pytest.approx((alone.low, alone.high))
        assert (found.mean, found.queries, found.users) == (alone.mean, alone.queries, alone.users)


def test_the_same_seed_gives_the_same_interval() -> None:
    values, users = np.random.default_rng(6).random(50), np.arange(50)
    assert mean_interval(values, users, seed=1) == mean_interval(values, users, seed=1)
    assert mean_interval(values, users, seed=1) != mean_interval(values, users, seed=2)


def test_text_shows_mean_and_interval() -> None:
    assert str(mean_interval([0.5, 0.5], [1, 2])) == "0.5000 [0.5000, 0.5000]"


@pytest.mark.parametrize(
    ("values", "users", "word"), [([1.0], [1, 2], "Shapes"), ([np.nan], [1], "relevant")]
)
def test_nothing_to_average_is_refused(values, users, word) -> None:
    with pytest.raises(InvalidInput, match=word):
        mean_interval(values, users)
