"""A training on choices leaves a bundle that scores as it was judged, registered and ready to serve."""

import json

import numpy as np
import pytest
from msgspec import structs

from features.bundle import read_bundle
from features.definitions import DISCOVERY, definitions_hash
from feed_core.model.clock import SetClock
from training import ChoiceConfig, ChoiceSplit, promote, train_on_choices
from training.choosing import CHOICE_TREES
from training.datasets import Choices
from training.rankers.fitted import ranker_of

AS_OF = 1_300_000_000_000
SMALL = ChoiceConfig(trees=structs.replace(CHOICE_TREES, trees=25, min_rows_per_leaf=20), resamples=200)
SIGNAL = DISCOVERY.features.index("match_friends")


def planted(seed: int, lists: int = 120) -> Choices:
    """People choose what friends chose; twenty candidates each, and one choice that is no candidate."""
    rng = np.random.default_rng(seed)
    n = lists * 20
    features = rng.normal(size=(n, len(DISCOVERY.features))).astype(np.float32)
    chosen = features[:, SIGNAL] + 0.5 * rng.normal(size=n) > 1.5
    queries = np.repeat(np.arange(lists), 20)
    return Choices(
        features=features, people=np.arange(lists) + 1, posts=np.arange(n) + 1, queries=queries,
        chosen=chosen, positives=np.bincount(queries[chosen], minlength=lists) + 1,
        baselines={"chance": rng.random(n)},
    )  # fmt: skip


@pytest.fixture
def trained(home):
    split = ChoiceSplit(planted(0), planted(1, 60), planted(2))
    return split, train_on_choices(home, split, as_of=AS_OF, config=SMALL, clock=SetClock(AS_OF))


def test_what_people_choose_is_learned_bundled_registered_and_promoted(home, trained) -> None:
    split, report = trained
    assert report.comparison.lead("chance", "ndcg@20").low > 0
    assert report.rows == {"train": 2_400, "valid": 1_200, "test": 2_400}
    assert report.heads == {}
    bundle = read_bundle(home / "bundles" / report.version)
    assert bundle.feature_names == DISCOVERY.features
    assert bundle.manifest.definitions_hash == definitions_hash(DISCOVERY.features)
    assert bundle.manifest.metrics["ndcg_at_10"] == report.metrics["ndcg_at_10"]
    told = json.loads((bundle.folder / "training_report.json").read_text())
    assert next(iter(told["importance"]["rank"])) == "match_friends"
    assert (bundle.folder / "importance.png").is_file()
    scores = ranker_of(bundle).value(split.test.features)
    assert (scores > 0).all(), "a strength"
    assert promote(home).version == report.version


def test_no_recall_passes_what_the_candidates_hold(trained) -> None:
    split, report = trained
    found = np.bincount(split.test.queries[split.test.chosen], minlength=len(split.test.people))
    bound = float(np.mean(found / split.test.positives))
    assert report.comparison.interval("ranked", "recall@20").mean == pytest.approx(bound), "a page holds all"
