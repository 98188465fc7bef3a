"""Heads find what was planted, nothing where nothing is, and the same model for the same seed."""

import numpy as np
import pytest

from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES
from feed_core.model.errors import InvalidInput
from tests.training.examples import planted
from training.evaluation import auc, compare, expected_calibration_error
from training.rankers import HeadsRanker, LambdaRanker, TreesConfig

pytestmark = pytest.mark.slow(25)

SMALL = TreesConfig(trees=30, leaves=15)


def _split(examples):
    n = len(examples)
    ends = (n * 7 // 10, n * 8 // 10)
    return examples.take(slice(0, ends[0])), examples.take(slice(*ends)), examples.take(slice(ends[1], n))


def _lift(ranker, examples):
    train, valid, test = _split(examples)
    fitted = ranker(train, valid)
    chance = np.random.default_rng(0).random(len(test))
    scores = {"ranked": fitted.value(test.features), "random": chance}
    table = compare(scores, test.queries, test.gain, users=(test.queries, test.users), resamples=300)
    return fitted, test, table.lead("random", "ndcg@10")


@pytest.fixture(scope="module")
def heads():
    return _lift(HeadsRanker(trees=SMALL), planted())


def test_a_planted_preference_is_found(heads) -> None:
    fitted, test, lead = heads
    told = fitted.probabilities(test.features)
    assert auc(told["like"], test.outcomes["like"]) > 0.75
    assert auc(told["hide"], test.outcomes["hide"]) > 0.75
    assert lead.low > 0.1


def test_probabilities_are_calibrated(heads) -> None:
    fitted, test, _ = heads
    for name, told in fitted.probabilities(test.features).items():
        assert expected_calibration_error(told, test.outcomes[name]) < 0.03


def test_value_is_the_weighted_sum_of_the_probabilities(heads) -> None:
    fitted, test, _ = heads
    told = fitted.probabilities(test.features)
    by_hand = sum(ACTION_WEIGHTS[name] * p for name, p in told.items())
    np.testing.assert_allclose(fitted.value(test.features), by_hand)
    assert set(told) == {"like", "comment", "share", "hide", "long_dwell"}


def test_importance_names_the_planted_features(heads) -> None:
    fitted, _, _ = heads
    assert FEATURE_NAMES[int(np.argmax(fitted.heads["like"].gains))] == "cf_score"
    assert FEATURE_NAMES[int(np.argmax(fitted.heads["hide"].gains))] == "author_hide_rate"


def test_curve_covers_the_rounds_that_were_kept(heads) -> None:
    like = heads[0].heads["like"]
    assert 1 <= like.rounds <= len(like.curve) <= SMALL.trees
    assert np.argmin(like.curve) + 1 == like.rounds


@pytest.mark.parametrize("ranker", [HeadsRanker(trees=SMALL), LambdaRanker(trees=SMALL)])
def test_shuffled_outcomes_give_no_lift(ranker) -> None:
    """Outcomes that no feature explains: held-out AUC is chance, NDCG is that of a random order."""
    fitted, test, lead = _lift(ranker, planted(strength=0.0, seed=5))
    assert lead.low < 0 < lead.high
    for name, told in fitted.probabilities(test.features).items():
        happened = test.outcomes.get(name, test.value > 0)
        positives = int(happened.sum())
        noise = np.sqrt((len(happened) + 1) / (12 * positives * (len(happened) - positives)))
        assert abs(auc(told, happened) - 0.5) < 4 * noise


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_model(heads, threads: int) -> None:
    again = HeadsRanker(trees=TreesConfig(trees=30, leaves=15, threads=threads))(*_split(planted())[:2])
    assert {n: t.text for n, t in again.heads.items()} == {n: t.text for n, t in heads[0].heads.items()}
    assert again.calibrations == heads[0].calibrations


def test_another_seed_gives_another_model(heads) -> None:
    trees = TreesConfig(trees=30, leaves=15, seed=1)
    other = HeadsRanker(trees=trees, outcomes=("like",))(*_split(planted())[:2])
    assert other.heads["like"].text != heads[0].heads["like"].text


def test_rare_outcomes_are_left_out_and_progress_is_told() -> None:
    train, valid, _ = _split(planted(4_000))
    told: list[tuple[int, int]] = []
    ranker = HeadsRanker(trees=SMALL, outcomes=("like", "report"))
    fitted = ranker(train, valid, lambda done, total: told.append((done, total)))
    assert set(fitted.heads) == {"like"}
    assert told == [(1, 1)]


def test_nothing_to_learn_and_unknown_outcomes_are_refused() -> None:
    train, valid, _ = _split(planted(1_000))
    with pytest.raises(InvalidInput, match="No outcome"):
        HeadsRanker(outcomes=("report",))(train, valid)
    with pytest.raises(InvalidInput, match="no outcome 'clap'"):
        HeadsRanker(outcomes=("clap",))(train, valid)
    with pytest.raises(InvalidInput, match="no rows"):
        LambdaRanker()(train.take(slice(0)), valid)


@pytest.mark.parametrize(
    "wrong", [{"trees": 0}, {"leaves": 1}, {"bins": 256}, {"learning_rate": 0.0}, {"feature_share": 1.5}]
)
def test_settings_out_of_range_are_refused(wrong) -> None:
    with pytest.raises(InvalidInput):
        TreesConfig(**wrong)
