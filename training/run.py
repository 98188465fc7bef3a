"""A training from the lake to a registered bundle, top to bottom."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec import structs

from features.definitions import WEIGHTS_VERSION, definitions_hash
from feed_core.model.clock import DAY, Clock, SystemClock
from feed_core.model.errors import InvalidInput
from training.bundling import version_of
from training.datasets import (
    Backfill,
    DatasetConfig,
    Split,
    held_out_span,
    load_examples,
    point_in_time,
    split_by_time,
)
from training.judging import judge_heads, judge_order, with_baselines
from training.keeping import keep
from training.rankers import HEADS, HeadsRanker, LambdaRanker, Objective, TreesConfig
from training.rankers.fitted import FittedRanker
from training.report import TrainReport
from training.stopwatch import Stopwatch

Progress = Callable[[int, int], None]


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set about a training."""

    objective: Objective = "heads"
    outcomes: tuple[str, ...] = HEADS
    trees: TreesConfig = TreesConfig()
    dataset: DatasetConfig = DatasetConfig()
    resamples: int = 500


def train(
    home: Path,
    *,
    as_of: int,
    train_days: float,
    objective: Objective = "heads",
    sample: int = 300_000,
    seed: int = 0,
    progress: Progress | None = None,
    config: TrainConfig | None = None,
    backfill: Backfill = point_in_time,
    clock: Clock | None = None,
    mlflow_url: str = "",
) -> TrainReport:
    """Train on the ``train_days`` before ``as_of`` (ms), and register the bundle as the candidate.

    The last day is the test period and the day before it the validation (a fifth of the time each when
    there are under five days); nothing that happened at ``as_of`` or later is used. ``config`` holds
    the rest of the settings; ``objective``, ``sample`` and ``seed`` go before it. ``progress`` is told
    (done, 100); ``mlflow_url`` is as in ``promote``. Raises ``NotFound`` without a lake or impressions,
    ``InvalidInput`` for too little of them.
    """
    settings = _settings(config or TrainConfig(), objective, sample, seed)
    if train_days <= 0:
        raise InvalidInput(f"{train_days} days to train on.", fix="Use more than 0.")
    clocked = Stopwatch()
    with clocked("load"):
        split = _load(home, as_of, train_days, settings, backfill, _within(progress, 0, 50))
    with clocked("fit"):
        ranker = _ranker(settings)(split.train, split.valid, _within(progress, 50, 85))
    with clocked("judge"):
        report = replace(_judge(ranker, split, settings, as_of), seconds=clocked.seconds)
    _within(progress, 85, 95)(1, 1)
    parameters, now = _parameters(settings, as_of, train_days), (clock or SystemClock()).now()
    with clocked("register"):
        kept = keep(home, ranker, report, parameters=parameters, created_at=now, mlflow_url=mlflow_url)
    _within(progress, 95, 100)(1, 1)
    return replace(kept, seconds=clocked.seconds)


def _load(
    home: Path, as_of: int, train_days: float, settings: TrainConfig, backfill: Backfill, progress: Progress
) -> Split:
    span = held_out_span(train_days)
    examples = load_examples(
        home,
        start=as_of - round(train_days * DAY),
        end=as_of,
        known_until=as_of,
        config=settings.dataset,
        backfill=backfill,
        progress=progress,
    )
    return split_by_time(examples, valid_from=as_of - 2 * span, test_from=as_of - span)


def _ranker(settings: TrainConfig) -> HeadsRanker | LambdaRanker:
    if settings.objective == "lambdarank":
        return LambdaRanker(trees=settings.trees)
    if settings.objective == "heads":
        return HeadsRanker(trees=settings.trees, outcomes=settings.outcomes)
    raise InvalidInput(f"There is no objective {settings.objective!r}.", fix="Use heads or lambdarank.")


def _judge(ranker: FittedRanker, split: Split, settings: TrainConfig, as_of: int) -> TrainReport:
    seed = settings.dataset.seed
    learned = set(settings.outcomes) if settings.objective == "heads" else set()
    return TrainReport(
        version=version_of(ranker, as_of),
        objective=ranker.objective,
        as_of=as_of,
        rows={name: len(part) for name, part in split._asdict().items()},
        logged=float(split.train.logged.mean()),
        skipped=tuple(sorted(learned - set(ranker.heads))),
        heads=judge_heads(ranker, split.test),
        comparison=judge_order(with_baselines(ranker), split.test, resamples=settings.resamples, seed=seed),
        seconds={},
    )


def _settings(config: TrainConfig, objective: Objective, sample: int, seed: int) -> TrainConfig:
    return structs.replace(
        config,
        objective=objective,
        trees=structs.replace(config.trees, seed=seed),
        dataset=structs.replace(config.dataset, sample=sample, seed=seed),
    )


def _parameters(settings: TrainConfig, as_of: int, train_days: float) -> dict[str, object]:
    """Flat, for MLflow."""
    flat = {f"trees_{k}": v for k, v in structs.asdict(settings.trees).items()}
    flat |= {f"dataset_{k}": v for k, v in structs.asdict(settings.dataset).items()}
    return flat | {
        "objective": settings.objective,
        "outcomes": ",".join(settings.outcomes),
        "as_of": as_of,
        "train_days": train_days,
        "definitions_hash": definitions_hash(),
        "weights_version": WEIGHTS_VERSION,
    }


def _within(progress: Progress | None, start: int, stop: int) -> Progress:
    """Progress of one step, told as a stretch of the whole."""

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(start + (stop - start) * done // max(1, total), 100)

    return tell
