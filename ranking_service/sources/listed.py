"""Posts that a batch job listed for each person, best first; a home without the job has none.

The lists lie in the online rows, so a new run shows as soon as it is materialised.
"""

from dataclasses import dataclass

import numpy as np

from features.definitions import VIEW_BY_NAME, View
from features.definitions.discovery import USER_DISCOVERIES
from features.online.rows import OnlineRows
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class Listed:
    """Reads the list of one view: one row a person."""

    name: str
    online: OnlineRows
    view: View
    quota: int
    seconds: float = 0.1

    def find(self, query: Query) -> Ids:
        """Best first; none when the job has not run for this person."""
        lists = self.online.read_many(self.view, np.array([query.user_id], np.int64)).lists
        return NO_IDS if lists is None else lists.ids.astype(np.int64)


def collaborative(online: OnlineRows) -> Listed:
    """What people of the same taste liked."""
    return Listed("collaborative", online, VIEW_BY_NAME["user_candidates"], quota=100)


def discovery(online: OnlineRows) -> Listed:
    """What the discovery job found: from friends' circles, shared taste and popularity.

    For histories that go back years, where yesterday's posts are not the point.
    """
    return Listed("discovery", online, USER_DISCOVERIES, quota=1_200)
