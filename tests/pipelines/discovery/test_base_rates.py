"""What is known of a post and of a person is what a plain count over the history says."""

import math

import numpy as np
import pytest

from feed_core.model.clock import DAY
from pipelines.discovery.base_rates import NEVER, person_rates, post_rates
from pipelines.discovery.past import past_of
from tests.pipelines.discovery.by_hand import P, World, same
from tests.pipelines.discovery.planted import START, make


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def _within(ages: dict[int, float], low: float, high: float) -> int:
    return sum(low < age <= high for age in ages.values())


def test_rates_of_posts_count_who_engaged_and_when(world: World) -> None:
    rates = post_rates(world.past)
    ages = [world.by(post) for post in world.posts]
    for days in (30, 90, 180, 365):
        same(rates[f"popular_{days}d"], [_within(one, -1, days) for one in ages])
    same(rates["popular"], [len(one) for one in ages])
    same(rates["popular_month_before"], [_within(one, 30, 60) for one in ages])
    quarter = [(_within(one, -1, 90) + 1) / (_within(one, -1, 365) / 4 + 1) for one in ages]
    same(rates["growth_quarter"], quarter)
    same(rates["growth_year"], [(_within(one, -1, 365) + 1) / (len(one) + 2) for one in ages])
    same(rates["age"], [max(one.values()) for one in ages])
    same(rates["quiet"], [min(one.values()) for one in ages])
    busy = [np.mean([math.log1p(world.busy(who)) for who in one]) for one in ages]
    same(rates["engagers_activity"], busy)
    same(rates["tags"], [len(world.tags[post]) for post in world.posts])


def test_rates_of_people_count_what_they_and_their_friends_did(world: World) -> None:
    rates, own = person_rates(world.past), [world.of(person) for person in range(P)]
    for days in (30, 90, 365):
        same(rates[f"engaged_{days}d"], [_within(one, -1, days) for one in own])
    same(rates["engaged"], [len(one) for one in own])
    same(rates["days"], [len({int(age) for age in one.values()}) for one in own])
    same(rates["first"], [max(one.values(), default=0) for one in own])
    same(rates["last"], [min(one.values(), default=float(NEVER)) for one in own])
    mainstream = [np.mean([math.log1p(len(world.by(post))) for post in one]) if one else 0 for one in own]
    same(rates["mainstream"], mainstream)
    same(rates["follows"], [len(world.friends(person)) for person in range(P)])
    friends = [[own[friend] for friend in world.friends(person)] for person in range(P)]
    same(rates["friends_engaged"], [sum(map(len, one)) for one in friends])
    active = [sum(min(ages.values(), default=9_999) <= 90 for ages in one) for one in friends]
    same(rates["friends_active"], active)


def test_somebody_who_never_engaged_has_been_away_for_ever(world: World) -> None:
    rates = person_rates(world.past)
    assert not world.of(P - 1)
    assert rates["last"][P - 1] == NEVER
    assert rates["engaged"][P - 1] == rates["first"][P - 1] == rates["mainstream"][P - 1] == 0


@pytest.mark.parametrize(
    ("age", "windows"),
    [
        (1, {30, 90, 180, 365}), (30, {30, 90, 180, 365}), (31, {"before", 90, 180, 365}),
        (60, {"before", 90, 180, 365}), (61, {90, 180, 365}), (90, {90, 180, 365}), (91, {180, 365}),
        (180, {180, 365}), (181, {365}), (365, {365}), (366, set()),
    ],
)  # fmt: skip
def test_a_window_holds_its_last_day(age: int, windows: set[object]) -> None:
    past = past_of(make({(0, 0): 0}), START + age * DAY)
    posts, people = post_rates(past), person_rates(past)
    held: set[object] = {days for days in (30, 90, 180, 365) if posts[f"popular_{days}d"][0]}
    assert held | ({"before"} if posts["popular_month_before"][0] else set()) == windows
    assert {days for days in (30, 90, 365) if people[f"engaged_{days}d"][0]} == windows & {30, 90, 365}
