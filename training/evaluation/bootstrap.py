"""95 % intervals of means over queries, resampling whole people (cluster bootstrap).

Queries of one person are alike, so resampling queries would make intervals too narrow: people are drawn
with replacement, each with all their queries (Field and Welsh 2007; percentile interval, Efron 1979).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from feed_core.model.errors import InvalidInput
from training.evaluation.rankings import Floats

RESAMPLES = 1_000
_CELLS = 4_000_000
"""Counts drawn at once: bounds the memory at 32 MB."""


@dataclass(frozen=True)
class Interval:
    """A mean with its interval; ``queries`` and ``users`` say how many counted (without NaN)."""

    mean: float
    low: float
    high: float
    queries: int
    users: int

    def above(self, other: "Interval") -> bool:
        """Whether the two intervals do not overlap and this one lies higher."""
        return self.low > other.high

    def __str__(self) -> str:
        return f"{self.mean:.4f} [{self.low:.4f}, {self.high:.4f}]"


def mean_interval(
    values: ArrayLike,
    users: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Mean of ``values`` (q,) with the interval from resampling ``users`` int64 (q,).

    NaN values are left out. Raises ``InvalidInput`` when shapes differ or no value is left.
    """
    value = np.asarray(values, np.float64)[None]
    return mean_intervals(value, users, resamples=resamples, level=level, seed=seed)[0]


def mean_intervals(
    values: ArrayLike,
    users: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> list[Interval]:
    """``mean_interval`` of each row of ``values`` (m, q), all on the same resamples of people."""
    value, user = np.asarray(values, np.float64), np.asarray(users, np.int64)
    if value.ndim != 2 or value.shape[1:] != user.shape:
        raise InvalidInput(f"Shapes differ: values {value.shape}, users {user.shape}.")
    counted = ~np.isnan(value)
    if not counted.any(axis=1).all():
        raise InvalidInput("No query has a relevant item, so there is no mean.")
    some = counted.any(axis=0)
    value, counted = np.nan_to_num(value[:, some]), counted[:, some]
    _, cluster = np.unique(user[some], return_inverse=True)
    sums = np.stack([np.bincount(cluster, weights=row) for row in value]).astype(np.float64)
    sizes = np.stack([np.bincount(cluster, weights=row) for row in counted]).astype(np.float64)
    means = _resampled(sums, sizes, resamples, seed)
    lows, highs = np.nanquantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    centres, queries, people = sums.sum(1) / sizes.sum(1), counted.sum(1), (sizes > 0).sum(1)
    return [
        Interval(float(m), float(lo), float(hi), int(q), int(u))
        for m, lo, hi, q, u in zip(centres, lows, highs, queries, people, strict=True)
    ]


def paired_difference(
    values: ArrayLike,
    others: ArrayLike,
    users: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Mean of ``values`` − ``others`` over the same queries (q,), with its interval.

    An interval that does not hold 0 is a difference that chance among people does not explain.
    """
    difference = np.asarray(values, np.float64) - np.asarray(others, np.float64)
    return mean_interval(difference, users, resamples=resamples, level=level, seed=seed)


def _resampled(sums: Floats, sizes: Floats, resamples: int, seed: int) -> Floats:
    """Means (resamples, m) of resampled people out of their sums and sizes (m, users)."""
    rng, users = np.random.default_rng(seed), sums.shape[1]
    chances, chunk = np.full(users, 1 / users), max(1, _CELLS // users)
    means = []
    for start in range(0, resamples, chunk):
        drawn = rng.multinomial(users, chances, size=min(chunk, resamples - start)).astype(np.float64)
        with np.errstate(invalid="ignore"):
            means.append((drawn @ sums.T) / (drawn @ sizes.T))
    return np.concatenate(means)
