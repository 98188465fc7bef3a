"""Judges a bundle that is there on any period of the lake, against the baselines, on the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from features.bundle import read_bundle
from features.definitions import FEATURE_NAMES
from feed_core.model.clock import DAY
from feed_core.model.errors import Conflict
from training.bundling import bundles_folder
from training.datasets import Backfill, DatasetConfig, load_examples, point_in_time
from training.evaluation.comparison import Comparison
from training.judging import HeadReport, judge_heads, judge_order, with_baselines
from training.rankers.fitted import ranker_of


@dataclass(frozen=True)
class Evaluation:
    """``version`` on ``rows`` impressions: heads by outcome, and its order against the baselines."""

    version: str
    rows: int
    heads: dict[str, HeadReport]
    comparison: Comparison


def evaluate(
    home: Path,
    *,
    as_of: int,
    days: float = 1.0,
    version: str = "champion",
    config: DatasetConfig | None = None,
    resamples: int = 1_000,
    backfill: Backfill = point_in_time,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Judge the bundle ``version`` (or alias) on the impressions of the ``days`` before ``as_of`` (ms).

    Choose a period after the bundle's training. Raises ``NotFound`` or ``Corrupt`` for a bundle that cannot
    be read, ``Conflict`` for one of other definitions, ``NotFound`` for a period without impressions.
    """
    bundle = read_bundle(bundles_folder(home) / version)
    if not bundle.is_current or bundle.feature_names != FEATURE_NAMES:
        raise Conflict(
            f"Bundle {bundle.manifest.version} has other features than impressions.", fix="Run: loupe train."
        )
    ranker = ranker_of(bundle)
    test = load_examples(
        home,
        start=as_of - round(days * DAY),
        end=as_of,
        config=config,
        backfill=backfill,
        progress=progress,
    )
    comparison = judge_order(with_baselines(ranker), test, resamples=resamples)
    return Evaluation(bundle.manifest.version, len(test), judge_heads(ranker, test), comparison)
