"""Pictures of a training: what mattered, whether probabilities hold, how learning went, who leads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from features.definitions import FEATURE_NAMES, Names
from training.evaluation.comparison import Comparison
from training.judging import CHOSEN_METRIC, HeadReport
from training.rankers.boosting import Trees
from training.rankers.fitted import FittedRanker
from training.report import importance_of

_SHOWN = 18
_INK, _QUIET = "#1f6feb", "#8b949e"


def draw_all(
    folder: Path, ranker: FittedRanker, reports: Mapping[str, HeadReport], comparison: Comparison
) -> list[Path]:
    """Write the PNG files into ``folder`` and return them. LambdaRank has no calibration to draw."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "importance.png": importance(ranker.heads, ranker.features),
        "learning_curves.png": learning_curves(ranker.heads),
        "comparison.png": standing(comparison),
    }
    if reports:
        drawn["calibration.png"] = calibration(reports)
    for name, figure in drawn.items():
        figure.savefig(folder / name, dpi=110)
    return [folder / name for name in drawn]


def importance(heads: Mapping[str, Trees], features: Names = FEATURE_NAMES) -> Figure:
    """Mean share of the gain of the most telling features over all heads."""
    shares = importance_of(heads, features)
    names = {name for share in shares.values() for name in share}
    mean = {name: float(np.mean([s.get(name, 0.0) for s in shares.values()])) for name in sorted(names)}
    top = sorted(mean, key=lambda name: mean[name])[-_SHOWN:]
    figure, axes = _figure(7, 6)
    axes.barh(top, [mean[name] for name in top], color=_INK)
    axes.set(title="What the model looks at", xlabel="share of the gain, mean over heads")
    return figure


def calibration(reports: Mapping[str, HeadReport]) -> Figure:
    """Predicted against observed frequency, a line a head, on log axes since outcomes are rare."""
    figure, axes = _figure(6, 6)
    lowest = 1.0
    for name, report in reports.items():
        curve, some = report.curve, (report.curve.predicted > 0) & (report.curve.observed > 0)
        axes.plot(curve.predicted[some], curve.observed[some], "o-", ms=3, lw=1, label=name)
        lowest = min([lowest, *curve.predicted[some].tolist(), *curve.observed[some].tolist()])
    axes.plot([lowest, 1], [lowest, 1], "--", color=_QUIET, lw=1)
    axes.set(xscale="log", yscale="log", title="Calibration on the test period")
    axes.set(xlabel="predicted", ylabel="observed")
    axes.legend(frameon=False)
    return figure


def learning_curves(heads: Mapping[str, Trees]) -> Figure:
    """Validation metric by round, each against its first round; the dot is the round that was kept."""
    figure, axes = _figure(7, 4.5)
    for name, trees in heads.items():
        curve = np.asarray(trees.curve) / trees.curve[0]
        axes.plot(np.arange(1, len(curve) + 1), curve, lw=1.2, label=f"{name} ({trees.metric})")
        kept = max(1, trees.rounds)
        axes.plot([kept], [curve[kept - 1]], "o", color=_QUIET, ms=4)
    axes.set(title="Learning", xlabel="round", ylabel="validation metric / first round")
    axes.legend(frameon=False)
    return figure


def standing(comparison: Comparison, metric: str = CHOSEN_METRIC) -> Figure:
    """Every recommender at ``metric`` with its 95 % interval."""
    rows = [row for row in comparison.rows if row.metric == metric][::-1]
    means = np.array([row.interval.mean for row in rows])
    spread = [means - [row.interval.low for row in rows], [row.interval.high for row in rows] - means]
    figure, axes = _figure(7, 3)
    axes.errorbar(means, np.arange(len(rows)), xerr=spread, fmt="o", color=_INK, capsize=3)
    axes.set_yticks(np.arange(len(rows)), [row.recommender for row in rows])
    axes.set(title=f"{metric} on the test period", xlabel="mean, 95 % interval by person")
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
