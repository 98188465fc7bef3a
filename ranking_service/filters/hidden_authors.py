"""Nobody is recommended whom they blocked or muted, or who blocked or muted them.

A mute counts both ways here, because the muted person's likes and comments on a recommended post would
carry them back to the muter. They cannot tell: nobody expects any post to be recommended, one reason
stands for all four cases, and the chronological timeline still has the muter's posts."""

from dataclasses import dataclass

from features.online.keys import among
from feed_core.model.errors import Unavailable
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class HiddenAuthors:
    """Works on what was read about the person; raises ``Unavailable`` when that is unknown."""

    name: str = "blocked_or_muted"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for authors that may be seen."""
        if query.hidden is None:
            raise Unavailable("Whom the person blocked or muted could not be read.")
        return ~among(pool.author_ids, query.hidden)
