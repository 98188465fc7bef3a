"""What a training was and gave: for the caller, for MLflow, for whoever opens the bundle's folder."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from features.definitions import FEATURE_NAMES, Names
from training.evaluation.comparison import Comparison
from training.evaluation.comparison import Row as Cell
from training.judging import CHOSEN_METRIC, RANKED, HeadReport
from training.rankers.boosting import Trees
from training.rankers.fitted import FittedRanker, Objective

METRIC = CHOSEN_METRIC.replace("@", "_at_")
"""The metric that challengers are compared by, as it is called in manifests and in MLflow."""
REPORT_FILE = "training_report.json"


@dataclass(frozen=True)
class TrainReport:
    """``rows`` by part of the split; ``logged`` the share of rows whose features were logged when served;
    ``skipped`` outcomes that were too rare; ``seconds`` by step; ``run_id`` and ``registered`` in MLflow."""

    version: str
    objective: Objective
    as_of: int
    rows: dict[str, int]
    logged: float
    skipped: tuple[str, ...]
    heads: dict[str, HeadReport]
    comparison: Comparison
    seconds: dict[str, float]
    run_id: str = ""
    registered: str = ""

    @property
    def metrics(self) -> dict[str, float]:
        """Every finite number worth comparing, by name; names suit MLflow."""
        found = {f"rows_{part}": float(count) for part, count in self.rows.items()}
        found["logged_share"] = self.logged
        for name, head in self.heads.items():
            for word in ("base", "auc", "log_loss", "log_loss_base", "ece"):
                found[f"{name}_{word}"] = getattr(head, word)
        for row in self.comparison.rows:
            metric = row.metric.replace("@", "_at_")
            found[metric if row.recommender == RANKED else f"{row.recommender}_{metric}"] = row.interval.mean
        chosen = self.comparison.interval(RANKED, CHOSEN_METRIC)
        found |= {f"{METRIC}_low": chosen.low, f"{METRIC}_high": chosen.high}
        return {name: value for name, value in found.items() if math.isfinite(value)}


def importance_of(heads: Mapping[str, Trees], features: Names = FEATURE_NAMES) -> dict[str, dict[str, float]]:
    """Head → feature → its share of the head's gain, the largest first, shares of 0 left out."""
    shares = {}
    for name, trees in heads.items():
        share = trees.gains / max(float(trees.gains.sum()), 1e-12)
        order = np.argsort(-share, kind="stable")
        shares[name] = {features[i]: float(share[i]) for i in order if share[i] > 0}
    return shares


def encode_report(report: TrainReport, ranker: FittedRanker) -> bytes:
    """The report as JSON for people and the console: tables, curves, importance."""
    content: dict[str, Any] = {
        "version": report.version,
        "objective": report.objective,
        "as_of": report.as_of,
        "rows": report.rows,
        "logged_share": report.logged,
        "skipped": report.skipped,
        "seconds": report.seconds,
        "heads": {name: _head(head) for name, head in report.heads.items()},
        "comparison": _table(report.comparison.rows),
        "leads": _table(report.comparison.leads),
        "importance": importance_of(ranker.heads, ranker.features),
        "learning_curves": {
            name: {"metric": trees.metric, "values": trees.curve, "kept": trees.rounds}
            for name, trees in ranker.heads.items()
        },
    }
    return msgspec.json.format(msgspec.json.encode(content))


def _head(head: HeadReport) -> dict[str, Any]:
    words = ("rows", "base", "auc", "log_loss", "log_loss_base", "ece")
    curve = {name: getattr(head.curve, name).tolist() for name in ("predicted", "observed", "count")}
    return {word: getattr(head, word) for word in words} | {"reliability": curve}


def _table(rows: tuple[Cell, ...]) -> list[dict[str, Any]]:
    return [
        {
            "recommender": row.recommender,
            "metric": row.metric,
            "mean": row.interval.mean,
            "low": row.interval.low,
            "high": row.interval.high,
            "queries": row.interval.queries,
            "users": row.interval.users,
        }
        for row in rows
    ]
