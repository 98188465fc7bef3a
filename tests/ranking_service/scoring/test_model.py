"""The value of a post: compiled trees against LightGBM, and no candidate's score on another."""

import lightgbm
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.bundle import read_bundle, write_bundle
from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES
from feed_core.model.errors import Corrupt, InvalidInput
from ranking_service.scoring.compiling import compile_bundle, is_compiled
from ranking_service.scoring.model import model_of


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(3)
    rows = random.normal(size=(400, len(FEATURE_NAMES))).astype(np.float32)
    rows[:, FEATURE_NAMES.index("source")] = random.integers(0, 9, 400)
    rows[random.random(rows.shape) < 0.05] = np.nan
    return rows


@pytest.fixture
def bundle(promote):
    return promote()


def test_compiled_trees_say_what_lightgbm_says(bundle, rows):
    compile_bundle(bundle)
    compiled, oracle = model_of(bundle), model_of(bundle, compiled=False)
    assert compiled.compiled
    assert not oracle.compiled
    np.testing.assert_allclose(
        compiled.value(rows, {}).probabilities, oracle.value(rows, {}).probabilities, rtol=1e-12, atol=1e-15
    )


def test_values_are_probabilities_by_weights(bundle, rows):
    valued = model_of(bundle, compiled=False).value(rows, {})
    for column, head in enumerate(valued.actions):
        raw = lightgbm.Booster(model_file=str(bundle.model_path(head))).predict(rows)
        expected = np.interp(raw, (0, 0.5, 1), (0, 0.3, 0.9)) if head == "like" else raw
        np.testing.assert_allclose(valued.probabilities[:, column], expected, rtol=1e-12)
    weights = [ACTION_WEIGHTS[head] for head in valued.actions]
    np.testing.assert_allclose(valued.values, valued.probabilities @ weights, rtol=1e-12)


def test_a_knob_multiplies_its_weight(bundle, rows):
    model = model_of(bundle, compiled=False)
    plain, turned = model.value(rows, {}), model.value(rows, {"comment": 2.0})
    column = plain.actions.index("comment")
    np.testing.assert_allclose(turned.values - plain.values, plain.probabilities[:, column] * 4, rtol=1e-9)


@given(order=st.permutations(range(30)), kept=st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_a_score_does_not_depend_on_the_other_rows(bundle, rows, order, kept):
    model = model_of(bundle, compiled=False)
    alone = model.value(rows[:30], {}).values
    index = np.array(order[:kept])
    assert model.value(rows[index], {}).values.tolist() == alone[index].tolist()


def test_a_rank_bundle_has_values_and_no_probabilities(world, models, rows):
    folder = world.home / "bundles" / "r1"
    bundle = write_bundle(
        folder, version="r1", models={"rank": models["like"]}, calibrations={}, objective="lambdarank",
        metrics={}, created_at=1,
    )  # fmt: skip
    valued = model_of(bundle).value(rows, {})
    assert valued.actions == ()
    assert valued.probabilities.shape == (400, 0)
    assert len(set(valued.values.tolist())) > 1


def test_code_that_was_changed_or_made_elsewhere_is_not_loaded(bundle):
    compile_bundle(bundle)
    assert is_compiled(bundle, "like")
    code = bundle.compiled_path("like")
    code.write_bytes(code.read_bytes()[:-1])
    assert not is_compiled(bundle, "like")
    assert not model_of(bundle).compiled
    compile_bundle(bundle)
    seal = code.with_suffix(".seal")
    seal.write_text(seal.read_text().replace("lleaves", "another"))
    assert not is_compiled(bundle, "like")


def test_a_bundle_of_other_definitions_is_refused(bundle):
    import msgspec

    other = msgspec.structs.replace(bundle.manifest, definitions_hash="0" * 16)
    with pytest.raises(InvalidInput, match="0000"):
        model_of(msgspec.structs.replace(bundle, manifest=other))


def test_trees_of_another_width_are_corrupt(world, models):
    narrow = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "min_data_in_leaf": 1},
        lightgbm.Dataset(np.random.default_rng(0).normal(size=(50, 3)), np.arange(50) % 2), 2,
    ).model_to_string()  # fmt: skip
    bundle = write_bundle(
        world.home / "bundles" / "n", version="n", models={"like": narrow}, calibrations={},
        objective="heads", metrics={}, created_at=1,
    )  # fmt: skip
    with pytest.raises(Corrupt, match="3 columns"):
        model_of(bundle)


def test_text_that_is_no_model_is_corrupt(world):
    bundle = write_bundle(
        world.home / "bundles" / "t", version="t", models={"like": "not a tree"}, calibrations={},
        objective="heads", metrics={}, created_at=1,
    )  # fmt: skip
    with pytest.raises(Corrupt, match="LightGBM"):
        model_of(read_bundle(bundle.folder))
