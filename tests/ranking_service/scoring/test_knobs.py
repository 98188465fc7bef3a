"""What a request may turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.definitions import ACTION_WEIGHTS
from feed_core.model.errors import InvalidInput
from ranking_service.scoring.knobs import check_knobs


@given(st.dictionaries(st.sampled_from(sorted(ACTION_WEIGHTS)), st.floats(0, 4)))
def test_multipliers_of_known_actions_within_bounds_are_taken(knobs):
    check_knobs(knobs)


@pytest.mark.parametrize("factor", [-0.01, 4.01, float("inf"), float("nan")])
def test_multipliers_outside_of_the_bounds_are_refused(factor):
    with pytest.raises(InvalidInput, match="like"):
        check_knobs({"like": factor})


def test_an_unknown_action_is_refused_and_the_known_ones_are_told():
    with pytest.raises(InvalidInput, match="comment"):
        check_knobs({"x" * 1000: 1.0})
