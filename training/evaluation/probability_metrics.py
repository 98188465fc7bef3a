"""Are the probabilities right? Log loss, calibration error, AUC, reliability curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from feed_core.model.errors import InvalidInput
from training.evaluation.rankings import Floats, Ints

_TINY = 1e-7


@dataclass(frozen=True)
class Reliability:
    """Bins of equal mass, ascending: ``predicted`` and ``observed`` mean (b,), ``count`` rows (b,)."""

    predicted: Floats
    observed: Floats
    count: Ints


def log_loss(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean negative log likelihood in nats; probabilities are clipped to [1e-7, 1 − 1e-7]."""
    p, y = _pair(probabilities, outcomes)
    p = np.clip(p, _TINY, 1 - _TINY)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))


def reliability(probabilities: ArrayLike, outcomes: ArrayLike, bins: int = 15) -> Reliability:
    """Predicted against observed frequency in at most ``bins`` bins of equal mass."""
    p, y = _pair(probabilities, outcomes)
    order = np.argsort(p, kind="stable")
    edges = np.unique(np.linspace(0, len(p), min(bins, len(p)) + 1).astype(np.int64))
    count = np.diff(edges)
    # A rounded mean may leave its bin, and then overtake the next one's.
    predicted = np.clip(
        np.add.reduceat(p[order], edges[:-1]) / count, p[order][edges[:-1]], p[order][edges[1:] - 1]
    )
    return Reliability(predicted, np.add.reduceat(y[order], edges[:-1]) / count, count)


def expected_calibration_error(probabilities: ArrayLike, outcomes: ArrayLike, bins: int = 15) -> float:
    """Mean distance between predicted and observed frequency over bins of equal mass (Naeini et al. 2015)."""
    curve = reliability(probabilities, outcomes, bins)
    return float(np.average(np.abs(curve.predicted - curve.observed), weights=curve.count))


def auc(scores: ArrayLike, outcomes: ArrayLike) -> float:
    """Chance that a positive outcome scores above a negative one, ties count half (Mann and Whitney 1947).

    NaN when all outcomes are alike.
    """
    score, y = _pair(scores, outcomes)
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, sizes = np.unique(score, return_inverse=True, return_counts=True)
    middle_rank = np.cumsum(sizes) - (sizes - 1) / 2
    above = middle_rank[place][y == 1].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def _pair(values: ArrayLike, outcomes: ArrayLike) -> tuple[Floats, Floats]:
    value, y = np.asarray(values, np.float64), np.asarray(outcomes, np.float64)
    if value.shape != y.shape or value.ndim != 1 or not len(value):
        raise InvalidInput(f"Values {value.shape} and outcomes {y.shape} are no pair of equal, filled lists.")
    if not np.isin(y, (0.0, 1.0)).all():
        raise InvalidInput("An outcome is neither 0 nor 1.")
    return value, y
