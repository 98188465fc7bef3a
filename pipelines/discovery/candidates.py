"""Which posts a person may discover: from friends, from collaborative filtering, and what is popular."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.discovery.past import Floats

QUOTAS: Mapping[str, int] = {
    "friends_choosy": 400, "cf": 300, "social_factors": 250, "people_like_you": 200,
    "popular": 250, "popular_90d": 150, "popular_30d": 150,
}  # fmt: skip
"""How many of the best of each score become candidates of a person."""
_SMOOTHING = np.float32(60)


def fused_ranks(
    scores: Mapping[str, Floats], engaged: NDArray[np.bool_], quotas: Mapping[str, int] = QUOTAS
) -> Floats:
    """How strongly the scores in ``quotas`` speak for each post together (n, q), 0 for what is no candidate.

    A candidate is among the best ``quota`` of a score, and above 0 in it. Its strength is the sum over the
    scores of 1 / (60 + its place): reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). ``scores`` are
    (n, q) or, when the same for everyone, (q,). What a person has engaged with is no candidate.
    """
    fused = np.zeros(engaged.shape, np.float32)
    rows = np.arange(len(engaged))[:, None]
    for name, quota in quotas.items():
        values = np.where(engaged, 0, np.broadcast_to(scores[name], engaged.shape))
        best = _best(values, quota)
        there = values[rows, best] > 0
        fused[rows, best] += np.where(there, 1 / (_SMOOTHING + np.arange(best.shape[1])), 0)
    return fused


def _best(values: Floats, count: int) -> NDArray[np.intp]:
    """The places (n, count) of the largest values of each row, the largest first; of equals the first."""
    if values.shape[1] <= count:
        return np.argsort(-values, axis=1, kind="stable")
    # What a partition leaves in front is any of the equals at the edge, so only the edge is taken from it.
    edge = -np.partition(-values, count - 1, axis=1)[:, count - 1 : count]
    above, equal = values > edge, values == edge
    kept = above | (equal & (np.cumsum(equal, axis=1) <= count - above.sum(axis=1, keepdims=True)))
    some = np.nonzero(kept)[1].reshape(len(values), count)
    order = np.argsort(-np.take_along_axis(values, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
