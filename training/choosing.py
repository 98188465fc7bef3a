"""A training on choices: the order in which people would have wanted what they then chose."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import structs

from features.definitions import DISCOVERY, Names, definitions_hash
from feed_core.model.clock import Clock, SystemClock
from training.bundling import version_of
from training.datasets.choices import Choices
from training.judging import CHOICE_METRICS, judge_choices
from training.keeping import keep
from training.rankers import LambdaRanker, TreesConfig
from training.report import TrainReport
from training.stopwatch import Stopwatch

CHOICE_TREES = TreesConfig(
    trees=400, leaves=15, learning_rate=0.06, min_rows_per_leaf=200, l2=10.0, feature_share=0.4, patience=40
)


class ChoiceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set; ``features`` name the columns of the choices' matrices."""

    features: Names = DISCOVERY.features
    trees: TreesConfig = CHOICE_TREES
    cutoff: int = 20
    resamples: int = 1_000


class ChoiceSplit(NamedTuple):
    """Three stretches of time, one after the other: to learn, to say when to stop, to judge."""

    train: Choices
    valid: Choices
    test: Choices


def train_on_choices(
    home: Path,
    split: ChoiceSplit,
    *,
    as_of: int,
    seed: int = 0,
    config: ChoiceConfig = ChoiceConfig(),
    clock: Clock | None = None,
    mlflow_url: str = "",
) -> TrainReport:
    """Learn the order of ``split.train``, with as many trees that of ``split.valid`` too; judge, register.

    ``as_of`` (ms) is the end of what was learned. The bundle is the candidate in the registry and serves
    once it is promoted; ``mlflow_url`` as in ``promote``. Raises ``InvalidInput`` when there is nothing to
    learn from.
    """
    clocked, trees = Stopwatch(), structs.replace(config.trees, seed=seed)
    with clocked("fit"):
        ranker = LambdaRanker(trees=trees, cutoff=config.cutoff, features=config.features, learn_all=True)(
            split.train, split.valid
        )
    with clocked("judge"):
        comparison = judge_choices(
            ranker, split.test, metrics=CHOICE_METRICS, resamples=config.resamples, seed=seed
        )
    report = TrainReport(
        version=version_of(ranker, as_of), objective=ranker.objective, as_of=as_of, logged=0.0, skipped=(),
        rows={name: len(part) for name, part in split._asdict().items()}, heads={},
        comparison=comparison, seconds=clocked.seconds,
    )  # fmt: skip
    parameters = {f"trees_{name}": value for name, value in structs.asdict(trees).items()} | {
        "objective": ranker.objective, "cutoff": config.cutoff, "as_of": as_of,
        "definitions_hash": definitions_hash(config.features),
    }  # fmt: skip
    with clocked("register"):
        now = (clock or SystemClock()).now()
        kept = keep(home, ranker, report, parameters=parameters, created_at=now, mlflow_url=mlflow_url)
    return replace(kept, seconds=clocked.seconds)
