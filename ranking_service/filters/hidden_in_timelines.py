"""Nobody goes on seeing whom they blocked or muted, or who blocked them, in a timeline that is newest first.

Whoever muted them stays: a timeline whose later pages leave somebody out gives the mute away."""

from dataclasses import dataclass

from features.online.keys import among
from feed_core.services.graph import GraphService
from ranking_service.hydration.person import sorted_ids
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class HiddenInTimelines:
    """Asks for what the feed core's own timeline goes by; ``HiddenAuthors`` is for what is recommended."""

    graph: GraphService
    name: str = "blocked_or_muted"

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True for authors that may be seen."""
        hidden = self.graph.hidden_for((query.user_id,))[query.user_id]
        return ~among(pool.author_ids, sorted_ids(hidden))
