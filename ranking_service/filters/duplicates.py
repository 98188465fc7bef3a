"""A post is shown once, as what its first source found it."""

from dataclasses import dataclass

import numpy as np

from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class Duplicates:
    """Keeps the first of each post id."""

    name: str = "duplicate"

    def keep(self, query: Query, pool: Pool) -> Mask:  # noqa: ARG002
        """True for the first of equal ids."""
        mask = np.zeros(len(pool), np.bool_)
        mask[np.unique(pool.post_ids, return_index=True)[1]] = True
        return mask
