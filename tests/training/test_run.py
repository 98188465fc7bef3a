"""A training goes from the lake to a registered bundle that serves what was judged."""

import json
from pathlib import Path

import numpy as np
import pytest

import training
from features.bundle import read_bundle
from features.definitions import ACTION_WEIGHTS, definitions_hash
from feed_core.model.clock import DAY, SetClock
from feed_core.model.errors import InvalidInput, NotFound
from tests.training.lake import START, Lake, planted_lake
from training import TrainConfig
from training.datasets import DatasetConfig, load_examples
from training.rankers import TreesConfig
from training.rankers.fitted import ranker_of

pytestmark = pytest.mark.slow(25)

AS_OF = START + 6 * DAY
SMALL = TrainConfig(trees=TreesConfig(trees=20, leaves=7, min_rows_per_leaf=20), resamples=200)


def _train(home, **more):
    return training.train(
        home, **{"as_of": AS_OF, "train_days": 6, "config": SMALL, "clock": SetClock(AS_OF), **more}
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory, with_registry) -> Path:
    return planted_lake(with_registry(tmp_path_factory.mktemp("home")))


@pytest.fixture
def elsewhere(tmp_path, with_registry) -> Path:
    """Another home, of one test."""
    return with_registry(tmp_path)


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def report(home, told):
    return _train(home, progress=lambda done, total: told.append((done, total)))


def test_the_planted_preference_is_found_on_the_last_day(report) -> None:
    assert set(report.heads) == {"like", "comment", "share", "hide", "long_dwell"}
    assert report.heads["like"].auc > 0.7
    assert report.heads["like"].log_loss < report.heads["like"].log_loss_base
    for other in ("random", "popularity", "chronological"):
        assert report.comparison.lead(other, "ndcg@10").low > 0.1


def test_rows_are_split_and_counted(report) -> None:
    assert sum(report.rows.values()) == 5_000
    assert min(report.rows.values()) > 500
    assert report.logged == 1.0
    assert report.skipped == ()


def test_the_bundle_holds_what_was_judged(home, report) -> None:
    bundle = read_bundle(home / "bundles" / report.version)
    assert bundle.manifest.definitions_hash == definitions_hash()
    assert bundle.manifest.action_weights == ACTION_WEIGHTS
    assert bundle.manifest.created_at == AS_OF
    assert bundle.manifest.metrics["ndcg_at_10"] == report.comparison.interval("ranked", "ndcg@10").mean
    test = load_examples(home, start=AS_OF - DAY, end=AS_OF)
    value = ranker_of(bundle).value(test.features)
    assert np.corrcoef(value, test.value)[0, 1] > 0.3


def test_report_and_pictures_lie_beside_the_bundle(home, report) -> None:
    folder = home / "bundles" / report.version
    content = json.loads((folder / "training_report.json").read_bytes())
    assert content["heads"]["like"]["auc"] == report.heads["like"].auc
    assert next(iter(content["importance"]["like"])) == "cf_score"
    assert content["learning_curves"]["like"]["kept"] >= 1
    assert {row["recommender"] for row in content["comparison"]} >= {"ranked", "collaborative"}
    for name in ("importance", "calibration", "learning_curves", "comparison"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_progress_only_rises_and_ends_at_the_end(report, told) -> None:
    done = [step for step, _ in told]
    assert done == sorted(done)
    assert told[-1] == (100, 100)


def test_training_again_gives_the_same_version_and_keeps_the_bundle(home, report) -> None:
    manifest = home / "bundles" / report.version / "manifest.json"
    before = manifest.stat().st_mtime_ns
    again = _train(home)
    assert (again.version, again.registered) == (report.version, report.registered)
    assert again.run_id != report.run_id
    assert manifest.stat().st_mtime_ns == before


def test_another_seed_gives_another_version(home, report) -> None:
    assert _train(home, seed=1).version != report.version


def test_shuffled_outcomes_give_no_lift(elsewhere) -> None:
    """Outcomes that know nothing of the features: order and probabilities are no better than chance."""
    report = _train(planted_lake(elsewhere, strength=0.0, seed=3))
    for name in ("like", "comment", "share", "hide"):
        rows, base = report.heads[name].rows, report.heads[name].base
        noise = 1 / np.sqrt(12 * rows * base * (1 - base))
        assert abs(report.heads[name].auc - 0.5) < 4 * noise
    lead = report.comparison.lead("random", "ndcg@10")
    assert lead.low < 0.0 < lead.high


def test_nothing_after_the_moment_of_training_is_used(report, elsewhere) -> None:
    later = planted_lake(elsewhere, days=6)
    lake = Lake(later)
    for post in range(1, 201):
        lake.event("impression", 60, post, 6 * DAY + 1)
        for user in range(1, 60):
            lake.event("like", user, post, 6 * DAY)
    lake.write()
    assert _train(later).version == report.version


def test_lambdarank_is_the_other_objective(home) -> None:
    report = _train(home, objective="lambdarank")
    bundle = read_bundle(home / "bundles" / report.version)
    assert set(bundle.manifest.heads) == {"rank"}
    assert bundle.manifest.objective == "lambdarank"
    assert report.heads == {}
    assert report.comparison.lead("random", "ndcg@10").low > 0.1


def test_evaluate_judges_a_bundle_of_any_period(home, report) -> None:
    judged = training.evaluate(home, as_of=AS_OF, version=report.version, resamples=200)
    assert judged.version == report.version
    assert judged.comparison.interval("ranked", "ndcg@10").mean == pytest.approx(
        report.comparison.interval("ranked", "ndcg@10").mean
    )
    assert judged.heads["like"].auc == pytest.approx(report.heads["like"].auc)
    with pytest.raises(NotFound):
        training.evaluate(home, as_of=AS_OF, version="nobody")


def test_a_damaged_bundle_of_the_same_version_is_written_again(elsewhere) -> None:
    home = planted_lake(elsewhere, decisions=200)
    version = _train(home).version
    (home / "bundles" / version / "heads/like.txt").write_text("half")
    assert _train(home).version == version
    assert read_bundle(home / "bundles" / version).manifest.version == version


def test_a_small_sample_is_told_in_the_rows(home) -> None:
    config = TrainConfig(trees=SMALL.trees, dataset=DatasetConfig(), outcomes=("like",), resamples=100)
    report = _train(home, sample=2_000, config=config)
    assert 1_500 < sum(report.rows.values()) < 2_500
    assert set(report.heads) == {"like"}


@pytest.mark.parametrize(
    ("more", "word"),
    [({"train_days": 0}, "days"), ({"objective": "guess"}, "objective"), ({"sample": 0}, "sample")],
)
def test_wrong_settings_are_refused(home, more, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        _train(home, **more)


def test_no_lake_and_no_impressions_are_told_apart(home, tmp_path) -> None:
    with pytest.raises(NotFound, match="no event lake"):
        _train(tmp_path)
    with pytest.raises(NotFound, match="no impression"):
        _train(home, as_of=START - 10 * DAY)
