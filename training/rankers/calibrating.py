"""Which curve corrects a head's probabilities: isotonic or Platt, whichever predicts better.

Both come as knots over the head's own probabilities, which is what the ranking service applies.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit

from features.calibration import Calibration
from training.evaluation.probability_metrics import log_loss

Floats = NDArray[np.float64]
MAX_KNOTS = 100
_WIDEST = 12.0
"""Log odds of the outermost knots: probabilities of 6e-6 and of 1 − 6e-6."""
_SUREST = 24.0
"""Log odds that are told at most where knots would tie: between 1 − 4e-11 and 1 there are numbers enough."""


def fit_calibration(scores: Floats, outcomes: NDArray[np.bool_]) -> Calibration:
    """The curve for the probabilities ``scores`` (n,) of a validation set and what happened (n,).

    Each kind is fitted on the first half of the rows and judged by log loss on the second, and the
    other way round; the better one is fitted again on all rows. Give rows in order of time.
    """
    half = len(scores) // 2
    parts = (slice(None, half), slice(half, None))
    if min(outcomes[part].sum() for part in parts) < 2:
        return fit_platt(scores, outcomes)
    losses = {
        fit: sum(
            log_loss(fit(scores[a], outcomes[a]).apply(scores[b]), outcomes[b])
            for a, b in (parts, parts[::-1])
        )
        for fit in (fit_platt, fit_isotonic)
    }
    return min(losses, key=lambda fit: losses[fit])(scores, outcomes)


def fit_platt(scores: Floats, outcomes: NDArray[np.bool_]) -> Calibration:
    """The sigmoid over the log odds of ``scores``, with Platt's smoothed targets (Platt 1999), as knots.

    The curve is kept at points that lie evenly in log odds and goes through (0, 0) and (1, 1), so it
    ascends everywhere and never makes two scores equal.
    """
    positives, rows = int(outcomes.sum()), len(outcomes)
    target = np.where(outcomes, (positives + 1) / (positives + 2), 1 / (rows - positives + 2))
    slope, intercept = _likeliest_line(_log_odds(scores), target)
    inner = _inner_knots(slope, intercept)
    x, y = expit(inner), expit(slope * inner + intercept)
    return Calibration(kind="isotonic", x=(0.0, *x.tolist(), 1.0), y=(0.0, *y.tolist(), 1.0))


def _inner_knots(slope: float, intercept: float) -> Floats:
    """Log odds, evenly spread, of the scores at which the line ``slope`` × x + ``intercept`` is kept.

    Where the widest would be told as one and the same, they lie where the line is not yet sure.
    """
    inner = np.linspace(-_WIDEST, _WIDEST, MAX_KNOTS - 2)
    if (np.diff(expit(slope * inner + intercept), prepend=0, append=1) > 0).all():
        return inner
    low, high = (-_SUREST - intercept) / slope, (_SUREST - intercept) / slope
    if low < _WIDEST and high > -_WIDEST:
        low, high = max(low, -_WIDEST), min(high, _WIDEST)
    return np.linspace(low, high, MAX_KNOTS - 2)


def _likeliest_line(x: Floats, target: Floats) -> tuple[float, float]:
    """Slope and intercept of sigmoid(slope × x + intercept) with the least log loss, slope above 0."""
    centre, scale = float(x.mean()), float(x.std()) or 1.0
    z = (x - centre) / scale

    def loss(line: Floats) -> tuple[float, Floats]:
        odds = line[0] * z + line[1]
        error = expit(odds) - target
        value = float(np.mean(np.logaddexp(0, odds) - target * odds))
        return value, np.array([np.mean(error * z), np.mean(error)])

    start = np.array([scale, float(_log_odds(target.mean(keepdims=True))[0])])
    bounds = [(1e-3, None), (None, None)]
    slope, intercept = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(slope / scale), float(intercept - slope * centre / scale)


def _log_odds(probabilities: Floats) -> Floats:
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return np.log(p) - np.log1p(-p)


def fit_isotonic(scores: Floats, outcomes: NDArray[np.bool_]) -> Calibration:
    """The best ascending curve (pool adjacent violators) over at most ``MAX_KNOTS`` bins of equal mass.

    Rows of one score share a bin, and a bin's frequency leans on the whole set's as if it had one row
    more, so that no knot says never or always.
    """
    order = np.argsort(scores, kind="stable")
    x, y = scores[order], outcomes[order].astype(np.float64)
    edges = np.unique(np.linspace(0, len(x), min(MAX_KNOTS, len(x)) + 1).astype(np.int64))[:-1]
    edges = np.unique(np.searchsorted(x, x[edges]))
    sizes = np.diff(np.append(edges, len(x)))
    # A rounded mean may leave its bin, and then overtake the next one's.
    middle = np.clip(np.add.reduceat(x, edges) / sizes, x[edges], x[edges + sizes - 1])
    base = (y.sum() + 0.5) / (len(y) + 1)
    observed = (np.add.reduceat(y, edges) + base) / (sizes + 1)
    curve = isotonic_regression(observed, weights=sizes.astype(np.float64)).x
    return Calibration(kind="isotonic", x=tuple(middle.tolist()), y=tuple(np.clip(curve, 0, 1).tolist()))
