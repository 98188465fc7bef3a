"""Newest posts and shares of the people one follows: what a person asked for by following."""

from dataclasses import dataclass

import numpy as np

from feed_core.services.timelines import TimelineService
from ranking_service.pipeline.pool import Ids
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class InNetwork:
    """The feed core's own timeline, which is filtered already; it is filtered again with the rest."""

    timelines: TimelineService
    quota: int = 150
    seconds: float = 0.15
    name: str = "in_network"

    def find(self, query: Query) -> Ids:
        """Newest first."""
        page = self.timelines.page(query.user_id, self.quota)
        return np.array([entry.post_id for entry in page.entries], np.int64)
