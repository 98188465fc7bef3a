"""Posts that the discovery job found for the person: from friends' circles, shared taste and popularity.

For histories that go back years, where yesterday's posts are not the point. A home without the job has none.
"""

from dataclasses import dataclass

import numpy as np

from features.definitions.discovery import USER_DISCOVERIES
from features.online.rows import OnlineRows
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class Discovery:
    """Reads one list of ids a person."""

    online: OnlineRows
    quota: int = 1_200
    seconds: float = 0.1
    name: str = "discovery"

    def find(self, query: Query) -> Ids:
        """Best first; none when the job has not run for this person."""
        lists = self.online.read_many(USER_DISCOVERIES, np.array([query.user_id], np.int64)).lists
        return NO_IDS if lists is None else lists.ids.astype(np.int64)
