"""Probability metrics equal scikit-learn's and behave at the edges."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from feed_core.model.errors import InvalidInput
from training.evaluation import auc, expected_calibration_error, log_loss, reliability

pairs = st.lists(st.tuples(st.integers(1, 19).map(lambda x: x / 20), st.booleans()), min_size=2, max_size=60)


@settings(deadline=None)
@given(pairs.filter(lambda rows: len({y for _, y in rows}) == 2))
def test_auc_and_log_loss_equal_scikit_learn(rows) -> None:
    p, y = map(list, zip(*rows, strict=True))
    assert auc(p, y) == pytest.approx(metrics.roc_auc_score(y, p))
    assert log_loss(p, y) == pytest.approx(metrics.log_loss(y, p))


@settings(deadline=None)
@example([(0.05, False)] * 10, 3)  # whose mean is rounded
@given(pairs, st.integers(1, 20))
def test_reliability_keeps_every_row_and_both_means(rows, bins) -> None:
    p, y = map(np.asarray, zip(*rows, strict=True))
    curve = reliability(p, y, bins)
    assert curve.count.sum() == len(rows)
    assert len(curve.count) <= bins
    assert np.average(curve.predicted, weights=curve.count) == pytest.approx(p.mean())
    assert np.average(curve.observed, weights=curve.count) == pytest.approx(y.mean())
    assert np.all(np.diff(curve.predicted) >= 0)


def test_true_probabilities_have_a_small_calibration_error_and_distorted_ones_a_large_one() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(50_000)
    y = rng.random(50_000) < p
    assert expected_calibration_error(p, y) < 0.02
    assert expected_calibration_error(p**3, y) > 0.1


def test_auc_of_one_kind_of_outcome_is_nan() -> None:
    assert np.isnan(auc([0.1, 0.2], [1, 1]))


def test_certainty_that_is_wrong_has_a_finite_loss() -> None:
    assert np.isfinite(log_loss([0.0, 1.0], [1, 0]))


@pytest.mark.parametrize(
    ("p", "y", "word"), [([0.1], [1, 0], "pair"), ([], [], "pair"), ([0.1], [2], "neither")]
)
def test_bad_pairs_are_refused(p, y, word) -> None:
    with pytest.raises(InvalidInput, match=word):
        auc(p, y)
