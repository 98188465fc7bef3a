"""A model that ranks without probabilities is explained by what its features contributed."""

import lightgbm
import numpy as np
import pytest

from features.bundle import RANK_HEAD, read_bundle, write_bundle
from features.calibration import Calibration
from features.definitions import DISCOVERY, VIEW_BY_NAME
from features.online import PackedRows, lists_of_ids
from feed_core.model.errors import InvalidInput
from ranking_service.records import Request
from ranking_service.scoring.model import model_of
from ranking_service.sources.listed import discovery
from ranking_service.why import SHOWN
from tests.ranking_service.sources.test_sources import query

NAMES = DISCOVERY.features
FRIENDS = NAMES.index("match_friends")


@pytest.fixture(scope="module")
def text() -> str:
    """Trees that like what friends chose, and little else."""
    random = np.random.default_rng(3)
    rows = random.normal(size=(2_000, len(NAMES))).astype(np.float32)
    labels = (rows[:, FRIENDS] + 0.3 * rows[:, 0] + random.normal(size=2_000) > 1).astype(int)
    parameters = {
        "objective": "lambdarank", "num_leaves": 7, "verbosity": -1, "seed": 1, "num_threads": 1,
    }  # fmt: skip
    data = lightgbm.Dataset(rows, labels, group=[20] * 100)
    return lightgbm.train(parameters, data, 10).model_to_string()


@pytest.fixture
def for_you(world, text, open_for_you):
    folder = world.home / "bundles"
    write_bundle(
        folder / "r1", version="r1", models={RANK_HEAD: text}, objective="lambdarank", metrics={},
        calibrations={RANK_HEAD: Calibration(kind="exp")}, created_at=1, feature_names=NAMES,
    )  # fmt: skip
    (folder / "champion").symlink_to("r1")
    return open_for_you()


def write_pairs(world, online, friends: dict[int, float]) -> None:
    """How many friends of ada chose each post; everything else is nothing."""
    view, ids = VIEW_BY_NAME["user_post"], np.array(list(friends))
    rows = np.zeros((len(ids), view.width), np.float32)
    rows[:, view.columns.index("friends")] = list(friends.values())
    keys = np.column_stack([np.full_like(ids, world.ada), ids])
    online.write_many(view, PackedRows(keys, rows, np.full(len(ids), world.clock.now()), None))


def test_features_that_spoke_loudest_come_first_and_make_the_strength(world, for_you) -> None:
    loved, other = world.ids("ben")[:2]
    write_pairs(world, for_you.online, {loved: 3.0, other: -3.0})
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    assert answer.served_by == "full"
    why = {item.post.post_id: item.why for item in answer.items}
    assert why[loved].features[0].feature == "match_friends"
    assert why[loved].features[0].label == "friends who chose it"
    assert why[loved].features[0].value == 3.0
    assert why[loved].features[0].contribution > 0 > why[other].features[0].contribution
    assert why[loved].value > why[other].value > 0
    assert all(len(told.features) <= SHOWN and told.actions == () for told in why.values())


def test_contributions_add_up_to_the_score(world, for_you, text) -> None:
    model = for_you.champion.model()
    rows = np.random.default_rng(5).normal(size=(40, len(NAMES))).astype(np.float32)
    booster = lightgbm.Booster(model_str=text)
    mean = booster.predict(rows.astype(np.float64), pred_contrib=True)[:, -1]
    strength = np.exp(model.explained_by.of(rows).sum(axis=1) + mean)
    np.testing.assert_allclose(model.value(rows, {}).values, strength, rtol=1e-9)


def test_candidates_of_the_caller_are_told_the_same(world, for_you) -> None:
    posts = world.ids("ben")[:3]
    write_pairs(world, for_you.online, {posts[0]: 3.0})
    told = for_you.score_candidates(world.ada, posts, why=True)
    assert told.items[0].post_id == posts[0]
    assert told.items[0].why.features[0].feature == "match_friends"
    assert for_you.score_candidates(world.ada, posts).items[0].why is None


def test_rows_of_another_width_are_refused(world, for_you) -> None:
    with pytest.raises(InvalidInput, match="features"):
        for_you.champion.model().value(np.zeros((2, 50), np.float32), {})


def test_a_bundle_of_features_that_are_not_defined_is_refused(world, text) -> None:
    with pytest.raises(InvalidInput, match="no_such"):
        write_bundle(
            world.home / "bundles" / "r2", version="r2", models={RANK_HEAD: text}, calibrations={},
            objective="lambdarank", metrics={}, created_at=1, feature_names=("no_such",),
        )  # fmt: skip


def test_posts_to_discover_are_a_source(world, for_you) -> None:
    assert len(discovery(for_you.online).find(query(world))) == 0
    view, ids = VIEW_BY_NAME["user_discoveries"], world.ids("eve")
    lists = lists_of_ids([ids], [[0.1] * len(ids)])
    empty = np.zeros((1, view.width), np.float32)
    for_you.online.write_many(
        view, PackedRows(np.array([world.ada]), empty, np.array([world.clock.now()]), lists)
    )
    assert discovery(for_you.online).find(query(world)).tolist() == ids
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    sources = {item.post.post_id: item.why.source for item in answer.items}
    assert {sources[id_] for id_ in ids} == {"discovery"}
    assert model_of(_bundle(world)).features == NAMES


def _bundle(world):
    return read_bundle(world.home / "bundles" / "r1")
