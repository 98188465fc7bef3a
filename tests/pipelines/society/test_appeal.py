"""The true probabilities: within 0 and 1, rising with match and quality, falling with fatigue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS
from pipelines.society.appeal import (
    RESPONSES,
    Encounter,
    draw_dwell,
    expected_value,
    follow_probability,
    log_dwell,
    probability,
)

POSITIVE = ("like", "comment", "share", "save")
NEGATIVE = ("hide", "report")
UNIT = st.floats(0, 1)
DEVIATION = st.floats(-4, 4)


def meeting(
    match: float = 0.2, quality: float = 0.0, tie: float = 0.3, warmth: float = 0.0, fatigue: float = 0.0,
    video: float = 0.0, follows: bool = True, size: int = 1,
) -> Encounter:  # fmt: skip
    values = (match, quality, tie, warmth, fatigue, video)
    return Encounter(*(np.full(size, value) for value in values), np.full(size, follows))


@given(UNIT, DEVIATION, UNIT, DEVIATION, st.floats(0, 4), st.floats(-2, 3), st.booleans())
def test_probabilities_are_probabilities(
    match: float, quality: float, tie: float, warmth: float, fatigue: float, video: float, follows: bool
) -> None:
    at = meeting(match, quality, tie, warmth, fatigue, video, follows)
    for chance in (*(probability(response, at) for response in RESPONSES.values()), follow_probability(at)):
        assert 0 <= chance[0] <= 1


@pytest.mark.parametrize("action", POSITIVE)
@given(low=UNIT, high=UNIT, quality=DEVIATION)
def test_a_better_match_is_never_liked_less(action: str, low: float, high: float, quality: float) -> None:
    low, high = sorted((low, high))
    response = RESPONSES[action]
    below, above = (probability(response, meeting(match=m, quality=quality))[0] for m in (low, high))
    assert below <= above


@pytest.mark.parametrize("action", NEGATIVE)
@given(low=UNIT, high=UNIT, quality=DEVIATION)
def test_a_better_match_is_never_hidden_more(action: str, low: float, high: float, quality: float) -> None:
    low, high = sorted((low, high))
    response = RESPONSES[action]
    below, above = (probability(response, meeting(match=m, quality=quality))[0] for m in (low, high))
    assert below >= above


@given(UNIT, DEVIATION, st.floats(0.5, 4))
def test_fatigue_lowers_the_value_of_what_is_worth_seeing(
    match: float, quality: float, fatigue: float
) -> None:
    fresh, tired = meeting(match, quality), meeting(match, quality, fatigue=fatigue)
    for action in POSITIVE:
        assert probability(RESPONSES[action], tired)[0] < probability(RESPONSES[action], fresh)[0]
    for action in NEGATIVE:
        assert probability(RESPONSES[action], tired)[0] > probability(RESPONSES[action], fresh)[0]
    assert log_dwell(tired)[0] < log_dwell(fresh)[0]
    assert expected_value(tired)[0] < expected_value(fresh)[0]


@given(UNIT, UNIT, DEVIATION)
def test_value_rises_with_match_and_quality(low: float, high: float, quality: float) -> None:
    low, high = sorted((low, high))
    assert expected_value(meeting(low, quality))[0] <= expected_value(meeting(high, quality))[0] + 1e-12
    assert expected_value(meeting(low, quality))[0] <= expected_value(meeting(low, quality + 0.5))[0] + 1e-12


def test_whoever_follows_cannot_follow_again() -> None:
    assert follow_probability(meeting(match=0.9, follows=True))[0] == 0
    assert follow_probability(meeting(match=0.9, follows=False))[0] > 0


def test_the_expected_value_is_the_mean_of_what_happens() -> None:
    at = meeting(match=0.4, quality=0.8, follows=False, tie=0.0, size=400_000)
    rng = np.random.default_rng(3)
    happened = ACTION_WEIGHTS["long_dwell"] * (draw_dwell(at, rng) >= LONG_DWELL_MS)
    for action, response in RESPONSES.items():
        happened = happened + ACTION_WEIGHTS[action] * (rng.random(400_000) < probability(response, at))
    happened = happened + ACTION_WEIGHTS["follow"] * (rng.random(400_000) < follow_probability(at))
    error = happened.std() / np.sqrt(400_000)
    assert abs(happened.mean() - expected_value(at)[0]) < 4 * error


@given(UNIT, DEVIATION, st.integers(0, 1_000))
def test_a_dwell_is_whole_milliseconds_of_at_most_ten_minutes(
    match: float, quality: float, seed: int
) -> None:
    dwell = draw_dwell(meeting(match, quality, size=50), np.random.default_rng(seed))
    assert ((dwell >= 0) & (dwell <= 600_000)).all()
    assert (dwell == np.floor(dwell)).all()


def test_other_weights_value_otherwise() -> None:
    at = meeting(match=0.5)
    only_likes = dict.fromkeys(ACTION_WEIGHTS, 0.0) | {"like": 1.0}
    assert np.isclose(expected_value(at, only_likes)[0], probability(RESPONSES["like"], at)[0])
