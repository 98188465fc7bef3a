"""Nobody sees whom they blocked or muted, or who blocked them."""

from dataclasses import dataclass

from feed_core.model.errors import Unavailable
from ranking_service.pipeline.pool import Mask, Pool, among
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
