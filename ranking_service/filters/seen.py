"""What the person was shown lately is not shown again; a feed that repeats itself feels broken."""

from dataclasses import dataclass

from features.online.keys import among
from feed_core.model.errors import Unavailable
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class Seen:
    """Works on the posts that were served; raises ``Unavailable`` when these are unknown."""

    name: str = "seen"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for posts that were not served lately."""
        if query.served is None:
            raise Unavailable("What the person was shown lately could not be read.")
        return ~among(pool.post_ids, query.served)
