"""One's own posts are not news to oneself."""

from dataclasses import dataclass

import numpy as np

from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class OwnPosts:
    """Takes the person's own posts out."""

    name: str = "own"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for posts of others."""
        return np.asarray(pool.author_ids != query.user_id)
