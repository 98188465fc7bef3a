"""Which posts are ranked at all: from friends, from collaborative filtering, and what is popular."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.datasets.past import Floats

QUOTAS: Mapping[str, int] = {
    "friends_choosy": 400, "cf": 300, "social_factors": 250, "people_like_you": 200,
    "popular": 250, "popular_90d": 150, "popular_30d": 150,
}  # fmt: skip
"""How many of the best of each score become candidates of a person."""


def candidate_mask(
    scores: Mapping[str, Floats], engaged: NDArray[np.bool_], quotas: Mapping[str, int] = QUOTAS
) -> NDArray[np.bool_]:
    """Which posts (n, q) are candidates: the best of each score in ``quotas`` that are above 0.

    ``scores`` are (n, q) or, when the same for everyone, (q,). What a person has engaged with is none.
    """
    mask = np.zeros(engaged.shape, dtype=bool)
    rows = np.arange(len(engaged))[:, None]
    for name, quota in quotas.items():
        values = np.where(engaged, 0, np.broadcast_to(scores[name], engaged.shape))
        best = _best(values, quota)
        mask[rows, best] |= values[rows, best] > 0
    return mask


def _best(values: Floats, count: int) -> NDArray[np.intp]:
    if values.shape[1] <= count:
        return np.broadcast_to(np.arange(values.shape[1]), values.shape)
    return np.argpartition(-values, count - 1, axis=1)[:, :count]
