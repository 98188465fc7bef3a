"""A deleted post is gone at once, wherever a list still names it; so is one that nobody knows."""

from dataclasses import dataclass

from features.online.keys import among
from feed_core.ports.posts import Posts
from ranking_service.hydration.person import sorted_ids
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class Deleted:
    """Asks the store of posts each time; deletions are not cached."""

    posts: Posts
    name: str = "deleted_or_unknown"

    def keep(self, query: Query, pool: Pool) -> Mask:  # noqa: ARG002
        """True for posts that exist and are not deleted."""
        gone = sorted_ids(self.posts.deleted_among(pool.post_ids.tolist()))
        return (pool.author_ids > 0) & ~among(pool.post_ids, gone)
