"""Scores of the caller's candidates."""

from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput
from ranking_service.candidates import checked_candidates

once = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)


def by_id(scores):
    return {item.post_id: item.score for item in scores.items}


@given(data=st.data())
@once
def test_a_score_depends_on_person_post_and_request_alone(world, for_you, data):
    every = world.ids("ben") + world.ids("eve") + world.ids("cleo")
    alone = by_id(for_you.score_candidates(world.ada, every))
    some = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    assert by_id(for_you.score_candidates(world.ada, some)) == {id_: alone[id_] for id_ in some}


def test_another_person_gets_scores_of_their_own(world, for_you):
    ids = world.ids("eve")
    assert len(for_you.score_candidates(world.people["ben"], ids).items) == len(ids)


def test_equal_scores_fall_to_the_newer_post(world, for_you):
    items = for_you.score_candidates(world.ada, sorted(world.ids("ben"))).items
    pairs = [(item.score, item.post_id) for item in items]
    assert pairs == sorted(pairs, reverse=True)


def test_scores_are_the_values_that_the_feed_starts_from(world, for_you):
    fed = {item.post.post_id: item.why.value for item in for_you.preview(world.ada, 36).items}
    asked = by_id(for_you.score_candidates(world.ada, list(fed)))
    assert {id_: pytest.approx(value) for id_, value in fed.items()} == asked


def test_why_tells_the_place_and_the_parts(world, for_you):
    items = for_you.score_candidates(world.ada, world.ids("ben"), why=True).items
    assert [item.why.position_after for item in items] == list(range(len(items)))
    assert all(item.why.rules == () for item in items)
    assert all(np.isclose(sum(p.contribution for p in item.why.actions), item.score) for item in items)


def test_own_posts_may_be_scored(world, for_you):
    ids = world.ids("ben")
    assert len(for_you.score_candidates(world.people["ben"], ids).items) == len(ids)


@pytest.mark.parametrize("ids", [[[1, 2], [3, 4]], [[1, 2], [3]], [1, [2]], [{}], [[]]])
def test_lists_in_a_list_are_no_ids(ids):
    with pytest.raises(InvalidInput):
        checked_candidates(ids)


@pytest.mark.parametrize(
    "ids", [[], [0], [-3], [1 << 63], [1 << 70], [1.5], ["7"], [None], list(range(1, 1002))]
)
def test_what_are_no_ids_or_too_many_is_refused(ids):
    with pytest.raises(InvalidInput):
        checked_candidates(ids)


@given(st.lists(st.integers(1, (1 << 63) - 1), min_size=1, max_size=50))
def test_ids_are_taken_as_they_are(ids):
    assert checked_candidates(ids).tolist() == ids


@pytest.mark.parametrize("seed", range(2))
def test_each_candidate_is_scored_or_dropped_for_a_reason_and_none_is_lost(world, for_you, seed):
    random, ben = Random(seed), world.people["ben"]
    world.core.posts.delete_many(ben, world.ids("ben")[:2])
    world.core.graph.block_many([(world.ada, world.people["eve"])])
    every = [*world.ids("ben"), *world.ids("eve")[:3], *world.ids("cleo")[:3], 5, (1 << 63) - 1]
    asked = random.choices(every, k=40)
    scores = for_you.score_candidates(world.ada, asked)
    assert sorted([i.post_id for i in scores.items] + [d.post_id for d in scores.dropped]) == sorted(asked)
    gone = {*world.ids("ben")[:2], 5, (1 << 63) - 1}
    for drop in scores.dropped:
        wrong = "deleted_or_unknown" if drop.post_id in gone else "blocked_or_muted"
        assert drop.reason in ("duplicate", wrong)
    shown = {item.post_id for item in scores.items}
    assert shown == {*asked} & {*world.ids("ben")[2:], *world.ids("cleo")[:3]}


def test_only_candidates_that_may_not_be_shown_are_no_error(world, for_you):
    scores = for_you.score_candidates(world.ada, [5, 6], why=True)
    assert (scores.items, [drop.post_id for drop in scores.dropped]) == ((), [5, 6])
