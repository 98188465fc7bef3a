"""People are awake by their own clock, and ticks add up to the rate that was asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import DAY, HOUR, MINUTE
from pipelines.society.rhythm import activity_at, chance_in_tick, daily_curve


@given(st.integers(-12, 14))
def test_activity_averages_one_over_a_day_in_every_time_zone(offset: int) -> None:
    offsets = np.array([offset])
    day = [activity_at(tick * 15 * MINUTE, offsets)[0] for tick in range(96)]
    assert np.isclose(np.mean(day), 1.0)


@given(st.integers(0, 23), st.integers(-12, 14))
def test_the_same_local_hour_is_equally_lively_everywhere(hour: int, offset: int) -> None:
    here = activity_at(10 * DAY + hour * HOUR, np.array([0]))
    there = activity_at(10 * DAY + (hour - offset) * HOUR, np.array([offset]))
    assert np.allclose(here, there)


def test_evenings_are_livelier_than_nights() -> None:
    night, evening = daily_curve(np.array([4.0, 20.5]))
    assert evening > 5 * night


def test_midnight_joins_on_without_a_step() -> None:
    before, after = daily_curve(np.array([23.999, 0.001]))
    assert abs(before - after) < 0.01


@given(st.floats(0, 200), st.floats(0, 10), st.integers(1, DAY))
def test_a_chance_is_a_probability(rate: float, activity: float, tick_ms: int) -> None:
    chance = chance_in_tick(np.array([rate]), np.array([activity]), tick_ms)[0]
    assert 0 <= chance <= 1


@given(st.floats(0.01, 3), st.sampled_from([10, 15, 30, 60]))
def test_two_half_ticks_are_as_likely_as_the_whole(rate: float, minutes: int) -> None:
    ones = np.ones(1)
    whole = chance_in_tick(np.array([rate]), ones, minutes * MINUTE)[0]
    half = chance_in_tick(np.array([rate]), ones, minutes * MINUTE // 2)[0]
    assert np.isclose(whole, 1 - (1 - half) ** 2)
