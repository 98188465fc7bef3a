"""A calibration curve is monotone, flat outside its knots, and the same after it was written down."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.calibration import Calibration
from feed_core.model.errors import InvalidInput

numbers = st.integers(-5_000, 5_000).map(lambda number: number / 100)
knots = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[st.lists(numbers, min_size=n, max_size=n).map(sorted)] * 2)
)
isotonic = knots.map(lambda xy: Calibration(kind="isotonic", x=tuple(xy[0]), y=tuple(xy[1])))
platt = st.builds(
    Calibration, kind=st.just("platt"), slope=st.integers(1, 1_000).map(lambda s: s / 100), intercept=numbers
)
curves = isotonic | platt | st.just(Calibration(kind="exp")) | st.just(Calibration())
scores = st.lists(numbers, min_size=1, max_size=30).map(sorted).map(np.array)


@settings(max_examples=20)
@given(curve=curves, ascending=scores)
def test_a_higher_score_never_becomes_a_lower_one(curve: Calibration, ascending: np.ndarray) -> None:
    told = curve.apply(ascending)
    assert (np.diff(told) >= -1e-12 * np.abs(told[1:])).all()


@settings(max_examples=20)
@given(curve=curves, ascending=scores)
def test_what_becomes_of_a_score_depends_on_it_alone_in_any_shape(
    curve: Calibration, ascending: np.ndarray
) -> None:
    alone = [curve.apply(np.array([score]))[0] for score in ascending]
    together = curve.apply(np.column_stack([ascending, ascending[::-1]]))
    np.testing.assert_allclose(together, np.column_stack([alone, alone[::-1]]), rtol=1e-12)


@settings(max_examples=20)
@given(curve=isotonic)
def test_outside_its_knots_a_curve_is_flat_and_between_them_it_stays_between(curve: Calibration) -> None:
    low, high = curve.x[0], curve.x[-1]
    assert curve.apply(np.array([low - 0.001, low - 1e6])).tolist() == [curve.y[0]] * 2
    assert curve.apply(np.array([high + 0.001, high + 1e6])).tolist() == [curve.y[-1]] * 2
    inner = curve.apply(np.linspace(low, high, 50))
    assert (inner >= curve.y[0] - 1e-12).all()
    assert (inner <= curve.y[-1] + 1e-12).all()


@settings(max_examples=20)
@given(curve=platt, score=st.floats(-20, 20))
def test_a_sigmoid_is_one_half_where_its_line_is_zero_and_symmetric_around(
    curve: Calibration, score: float
) -> None:
    middle = -curve.intercept / curve.slope
    assert curve.apply(np.array([middle]))[0] == pytest.approx(0.5)
    below, above = curve.apply(np.array([middle - score, middle + score]))
    assert below + above == pytest.approx(1)


@settings(max_examples=20)
@given(curve=curves)
def test_a_curve_is_the_same_after_it_was_written_down(curve: Calibration) -> None:
    assert msgspec.json.decode(msgspec.json.encode(curve), type=Calibration) == curve


def test_equal_knots_are_a_step_and_descending_ones_are_refused() -> None:
    step = Calibration(kind="isotonic", x=(0.0, 0.5, 0.5, 1.0), y=(0.1, 0.1, 0.9, 0.9))
    assert step.apply(np.array([0.4999, 0.5001])).tolist() == [0.1, 0.9]
    with pytest.raises(InvalidInput, match="do not ascend"):
        Calibration(kind="isotonic", x=(0.0, 0.5, 0.49), y=(0.1, 0.2, 0.3))
