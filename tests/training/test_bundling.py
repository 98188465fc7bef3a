"""What is read back from a bundle scores as what was trained; another model is another version."""

from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from features.calibration import Calibration
from features.definitions import FEATURE_NAMES, FEATURES
from feed_core.model.errors import InvalidInput
from tests.training.examples import planted
from training.bundling import keep_bundle, version_of
from training.rankers import HeadsRanker, LambdaRanker, TreesConfig
from training.rankers.fitted import FittedRanker, as_served, ranker_of

SMALL = TreesConfig(trees=8, leaves=7)
TRAIN, VALID = planted(3_000), planted(1_500, seed=1)
MATRIX = planted(500, seed=2).features


@pytest.fixture(scope="module", params=["heads", "lambdarank"])
def ranker(request) -> FittedRanker:
    made = HeadsRanker(trees=SMALL) if request.param == "heads" else LambdaRanker(trees=SMALL)
    return made(TRAIN, VALID)


def _kept(home, ranker):
    return keep_bundle(home, ranker, version=version_of(ranker, 0), metrics={"a": 1.0}, created_at=5)


def test_a_bundle_scores_as_the_ranker_it_was_made_of(tmp_path, ranker) -> None:
    again = ranker_of(_kept(tmp_path, ranker))
    assert again.objective == ranker.objective
    np.testing.assert_array_equal(again.value(MATRIX), ranker.value(MATRIX))


def test_keeping_twice_writes_once(tmp_path, ranker) -> None:
    first = _kept(tmp_path, ranker)
    stamp = (first.folder / "manifest.json").stat().st_mtime_ns
    assert _kept(tmp_path, ranker).manifest == first.manifest
    assert (first.folder / "manifest.json").stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    "damage",
    [lambda manifest: manifest.write_text("{}"), Path.unlink],
    ids=["not the manifest", "no manifest"],
)
def test_a_damaged_bundle_is_replaced(tmp_path, ranker, damage) -> None:
    damage(_kept(tmp_path, ranker).folder / "manifest.json")
    assert _kept(tmp_path, ranker).manifest.metrics == {"a": 1.0}


def test_weights_calibration_and_trees_each_change_the_version(ranker) -> None:
    head = next(iter(ranker.heads))
    variants = [
        ranker,
        _changed(ranker, action_weights=dict(ranker.action_weights) | {"like": 2.0}),
        _changed(ranker, calibrations={head: Calibration(kind="platt", slope=2.0)}),
        _changed(ranker, heads={head: HeadsRanker(trees=SMALL)(VALID, TRAIN).heads["like"]}),
    ]
    assert len({version_of(variant, 0) for variant in variants}) == len(variants)
    assert version_of(ranker, 0) != version_of(ranker, 60_000)


def _changed(ranker: FittedRanker, **changes) -> FittedRanker:
    fields = {
        name: getattr(ranker, name) for name in ("objective", "heads", "calibrations", "action_weights")
    }
    return FittedRanker(**(fields | changes))


def test_serving_constants_stand_in_and_the_rest_stays() -> None:
    served = as_served(MATRIX)
    constant = [feature.serving is not None for feature in FEATURES]
    np.testing.assert_array_equal(served[:, ~np.array(constant)], MATRIX[:, ~np.array(constant)])
    assert (served[:, FEATURE_NAMES.index("position")] == 0).all()
    assert not (MATRIX[:, FEATURE_NAMES.index("position")] == 0).all()


def test_settings_travel_in_lightgbms_words() -> None:
    parameters = structs.replace(SMALL, seed=9, threads=2).parameters()
    assert (parameters["seed"], parameters["num_leaves"], parameters["deterministic"]) == (9, 7, True)
    assert parameters["num_threads"] == 1
    with pytest.raises(InvalidInput):
        TreesConfig(trees=5_000)
