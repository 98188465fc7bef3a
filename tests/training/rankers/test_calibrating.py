"""Calibration finds the curve that was planted, keeps the order, and picks what predicts better."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.evaluation import expected_calibration_error
from training.rankers import fit_calibration, fit_isotonic, fit_platt

FITS = (fit_platt, fit_isotonic, fit_calibration)


def _sample(distort, rows: int = 40_000, seed: int = 0):
    """Probabilities that are told distorted, and outcomes of the true ones."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(1, 8, rows)
    return distort(truth), rng.random(rows) < truth, truth


def _sharpened(p):
    return 1 / (1 + ((1 - p) / p) ** 2)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("distort", [lambda p: p, _sharpened, np.sqrt])
def test_distorted_probabilities_become_true_again(fit, distort) -> None:
    told, happened, truth = _sample(distort)
    fitted = fit(told[:20_000], happened[:20_000]).apply(told[20_000:])
    assert expected_calibration_error(fitted, happened[20_000:]) < 0.012
    assert np.abs(fitted - truth[20_000:]).mean() < 0.02


def test_platt_wins_where_the_sigmoid_is_right_and_isotonic_where_it_is_not() -> None:
    told, happened, _ = _sample(_sharpened, rows=3_000)
    assert fit_calibration(told, happened) == fit_platt(told, happened)
    steps = lambda p: np.where(p < 0.1, p / 10, 0.9 + p / 10)  # noqa: E731
    told, happened, _ = _sample(steps)
    assert fit_calibration(told, happened) == fit_isotonic(told, happened)


outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=80)


@settings(deadline=None, max_examples=40)
@given(outcomes)
@pytest.mark.parametrize("fit", FITS)
def test_curves_ascend_and_stay_probabilities_on_any_input(fit, outcomes) -> None:
    told, happened = (np.array(column) for column in zip(*outcomes, strict=True))
    applied = fit(told, happened).apply(np.linspace(0, 1, 200))
    assert np.all((applied >= 0) & (applied <= 1))
    assert np.all(np.diff(applied) >= 0)


@settings(deadline=None, max_examples=40)
@given(outcomes)
def test_platt_never_makes_different_scores_equal(outcomes) -> None:
    told, happened = (np.array(column) for column in zip(*outcomes, strict=True))
    curve = fit_platt(told, happened)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (np.diff(curve.y) > 0).all()


@pytest.mark.parametrize("gap", [0.4, 0.1, 0.01, 0.001, 1e-9])
def test_nor_where_the_outcomes_are_very_sure(gap: float) -> None:
    told = np.repeat([0.5 - gap, 0.5 + gap], 50)
    curve = fit_platt(told, told > 0.5)
    assert (np.diff(curve.y) > 0).all()
    assert (np.diff(curve.apply(np.linspace(0, 1, 201))) > 0).all()
    assert curve.apply(told[[0, -1]]) == pytest.approx([1 / 52, 51 / 52], abs=0.01)


@pytest.mark.parametrize("middle", [1e-8, 1 - 1e-8])
def test_nor_where_all_scores_lie_beyond_the_widest_knots(middle: float) -> None:
    told = middle + np.repeat([-1e-9, 1e-9], 5_000)
    curve = fit_platt(told, told > middle)
    assert (np.diff(curve.y) > 0).all()
    assert curve.apply(told[[0, -1]]) == pytest.approx([0, 1], abs=0.01)


def test_isotonic_has_few_knots_and_no_certainty() -> None:
    told, happened, _ = _sample(np.sqrt)
    curve = fit_isotonic(told, happened)
    assert len(curve.x) <= 100
    assert 0 < curve.y[0] <= curve.y[-1] < 1


def test_one_score_for_all_gets_the_overall_frequency() -> None:
    happened = np.arange(1_000) % 10 == 0
    assert fit_isotonic(np.full(1_000, 0.5), happened).apply(np.array([0.5]))[0] == pytest.approx(
        0.1, abs=1e-3
    )


@pytest.mark.parametrize("seed", range(5))
def test_scores_that_differ_by_a_rounding_error_have_a_curve_too(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for one, (n, m) in zip(rng.random(20), rng.integers(2, 400, (20, 2)), strict=True):
        told = np.concatenate([np.full(n, one), np.full(m, np.nextafter(one, 1))])
        curve = fit_isotonic(told, rng.random(n + m) < 0.5)
        assert list(curve.x) == sorted(curve.x)
        assert told.min() <= curve.x[0] <= curve.x[-1] <= told.max()
