"""The world as a whole: the same for the same seed, and its truth answers for any shape."""

import numpy as np

from pipelines.society.appeal import expected_value
from pipelines.society.config import SocietyConfig
from pipelines.society.society import Society
from tests.pipelines.society.conftest import Played


def test_the_same_seed_builds_the_same_world() -> None:
    first, again, other = (Society(SocietyConfig.small(), seed) for seed in (1, 1, 2))
    assert np.array_equal(first.people.tastes, again.people.tastes)
    assert str(first.planted) == str(again.planted)
    assert all(
        np.array_equal(a, b) for a, b in zip(first.planned_follows, again.planned_follows, strict=True)
    )
    assert not np.array_equal(first.people.tastes, other.people.tastes)


def test_people_are_found_by_their_user_ids(played: Played) -> None:
    society = played.society
    signed_up = np.flatnonzero(society.user_ids)
    shuffled = np.random.default_rng(0).permutation(signed_up)
    assert np.array_equal(society.persons(society.user_ids[shuffled]), shuffled)


def test_true_value_is_the_same_pair_by_pair_and_all_at_once(played: Played) -> None:
    society, now = played.society, played.clock.now()
    persons, rows = np.flatnonzero(society.user_ids)[:9], np.arange(30)
    at_once = expected_value(society.encounter_all(persons, rows, now))
    users, posts = society.user_ids[persons], society.catalogue.post_ids[rows]
    pairs = society.true_value(np.repeat(users, 30), np.tile(posts, 9), now)
    assert np.allclose(at_once.ravel(), pairs)


def test_people_value_what_matches_their_taste(played: Played) -> None:
    society, now = played.society, played.clock.now()
    persons, rows = np.flatnonzero(society.user_ids), np.arange(len(society.catalogue.post_ids))
    at = society.encounter_all(persons, rows, now)
    values = expected_value(at)
    best = at.match > np.quantile(at.match, 0.9)
    assert values[best].mean() > 2 * values[~best].mean()


def test_days_are_counted_from_the_start(society: Society) -> None:
    start = society.config.start_ms
    assert [society.day(start + hours * 3_600_000) for hours in (-1, 0, 23, 24)] == [-1, 0, 0, 1]
