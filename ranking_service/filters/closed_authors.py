"""Nobody is recommended what they may not see: posts of deleted accounts, and of private ones that they
do not follow."""

from dataclasses import dataclass

from features.online.keys import among
from feed_core.services.visibility import Visibility
from ranking_service.hydration.person import sorted_ids
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class ClosedAuthors:
    """Asks the store of accounts each time; who is private now is not cached."""

    visibility: Visibility
    name: str = "private_or_gone"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for authors whose account is open to the person."""
        pairs = {(query.user_id, author_id) for author_id in pool.author_ids.tolist()}
        closed = self.visibility.closed(pairs)
        return ~among(pool.author_ids, sorted_ids(author_id for _, author_id in closed))
