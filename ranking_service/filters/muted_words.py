"""Nobody is recommended a post with a word in it that they have muted."""

from dataclasses import dataclass

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
        muted = self.muting.muted_by(query.user_id, pool.post_ids.tolist())
        return ~among(pool.post_ids, sorted_ids(muted))
