"""Each recommender scores by what its name says; a new one is tested by naming it."""

from dataclasses import replace

import numpy as np
import pytest

from features.definitions import FEATURE_NAMES
from feed_core.model.errors import InvalidInput
from tests.training.examples import planted
from training.rankers import HeadsRanker, TreesConfig
from training.recommenders import BASELINES, Chronological, CollaborativeFiltering, Popularity, Random, Ranked

EXAMPLES = planted(4_000)


@pytest.fixture(scope="module")
def ranked() -> Ranked:
    return Ranked(
        HeadsRanker(trees=TreesConfig(trees=10), outcomes=("like",))(EXAMPLES, planted(2_000, seed=1))
    )


@pytest.mark.parametrize("recommender", [*BASELINES.values(), "ranked"], ids=[*BASELINES, "ranked"])
def test_scores_are_finite_reproducible_and_one_a_row(recommender, ranked) -> None:
    recommender = ranked if recommender == "ranked" else recommender
    scores = recommender.score(EXAMPLES)
    assert scores.shape == (len(EXAMPLES),)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores, recommender.score(EXAMPLES))


@pytest.mark.parametrize("recommender", [Popularity(), Chronological(), CollaborativeFiltering(), "ranked"])
def test_a_score_depends_on_its_own_row_alone(recommender, ranked) -> None:
    recommender = ranked if recommender == "ranked" else recommender
    some = np.arange(0, len(EXAMPLES), 7)
    np.testing.assert_array_equal(recommender.score(EXAMPLES)[some], recommender.score(EXAMPLES.take(some)))


def test_random_follows_its_seed() -> None:
    assert not np.array_equal(Random(seed=1).score(EXAMPLES), Random(seed=2).score(EXAMPLES))


def test_newest_first_and_most_popular_first() -> None:
    assert np.argmax(Chronological().score(EXAMPLES)) == np.argmax(EXAMPLES.created_at)
    assert np.argmax(Popularity().score(EXAMPLES)) == np.argmax(EXAMPLES.popularity)


def test_posts_without_a_taste_come_last() -> None:
    features = EXAMPLES.features.copy()
    features[::3, FEATURE_NAMES.index("cf_score")] = np.nan
    scores = CollaborativeFiltering().score(replace(EXAMPLES, features=features))
    assert scores[::3].max() < scores[1::3].min()


def test_the_ranker_may_not_see_the_true_position(ranked) -> None:
    features = EXAMPLES.features.copy()
    features[:, FEATURE_NAMES.index("position")] = np.arange(len(EXAMPLES)) % 30
    moved = replace(EXAMPLES, features=features)
    np.testing.assert_array_equal(ranked.score(moved), ranked.score(EXAMPLES))


def test_an_unknown_feature_is_refused() -> None:
    with pytest.raises(InvalidInput, match="magic"):
        CollaborativeFiltering(feature="magic").score(EXAMPLES)
