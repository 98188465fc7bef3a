"""The true probabilities are probabilities, and move the way people do."""

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
)  # fmt: skip

UNIT = st.floats(0, 1)
DEVIATION = st.floats(-4, 4)


def encounter(match: float, quality: float, tie: float, warmth: float, fatigue: float) -> Encounter:
    one = np.ones(1)
    return Encounter(
        match * one, quality * one, tie * one, warmth * one, fatigue * one, 0 * one, np.array([tie > 0])
    )


ENCOUNTERS = st.builds(encounter, UNIT, DEVIATION, UNIT, DEVIATION, UNIT)


@given(ENCOUNTERS)
def test_probabilities_lie_between_0_and_1(at: Encounter) -> None:
    for response in RESPONSES.values():
        assert 0 <= probability(response, at)[0] <= 1
    assert 0 <= follow_probability(at)[0] <= 1


@given(ENCOUNTERS, UNIT)
def test_a_closer_match_is_liked_more_hidden_less_and_looked_at_longer(at: Encounter, other: float) -> None:
    better = at._replace(match=np.maximum(at.match, other))
    for action in ("like", "comment", "share", "save"):
        assert probability(RESPONSES[action], better)[0] >= probability(RESPONSES[action], at)[0]
    assert probability(RESPONSES["hide"], better)[0] <= probability(RESPONSES["hide"], at)[0]
    assert log_dwell(better)[0] >= log_dwell(at)[0]
    assert expected_value(better)[0] >= expected_value(at)[0] - 1e-12


@given(ENCOUNTERS, st.floats(0, 4))
def test_fatigue_lowers_what_is_wanted_and_raises_hides(at: Encounter, more: float) -> None:
    tired = at._replace(fatigue=at.fatigue + more)
    assert probability(RESPONSES["like"], tired)[0] <= probability(RESPONSES["like"], at)[0]
    assert probability(RESPONSES["hide"], tired)[0] >= probability(RESPONSES["hide"], at)[0]


def test_nobody_follows_twice() -> None:
    at = encounter(0.9, 2.0, 0.5, 0.0, 0.0)
    assert follow_probability(at)[0] == 0
    assert follow_probability(at._replace(follows=np.array([False])))[0] > 0


@pytest.mark.parametrize("match", [0.02, 0.2, 0.7])
def test_expected_value_is_the_mean_of_what_is_drawn(match: float) -> None:
    rng, many = np.random.default_rng(1), 400_000
    at = Encounter(*(np.repeat(column, many) for column in encounter(match, 0.5, 0.4, 0.2, 0.0)))
    drawn = ACTION_WEIGHTS["long_dwell"] * (draw_dwell(at, rng) >= LONG_DWELL_MS).mean()
    for action, response in RESPONSES.items():
        drawn += ACTION_WEIGHTS[action] * (rng.random(many) < probability(response, at)).mean()
    assert drawn == pytest.approx(expected_value(at)[0], abs=0.02)
