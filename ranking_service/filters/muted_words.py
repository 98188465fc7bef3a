"""Nobody is recommended a post with a word in it that they have muted."""

from dataclasses import dataclass

import numpy as np

from features.online.keys import among
from feed_core.services.muting import Muting
from ranking_service.hydration.person import sorted_ids
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class MutedWords:
    """Asks the stores each time: words are muted, and captions edited, while a ranking is paged through."""

    muting: Muting
    name: str = "muted_word"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for posts that hold none of the person's muted words."""
        if not self.muting.muters((query.user_id,)):
            return np.ones(len(pool), np.bool_)
        muted = self.muting.muted({(query.user_id, post_id) for post_id in pool.post_ids.tolist()})
        return ~among(pool.post_ids, sorted_ids(post_id for _, post_id in muted))
