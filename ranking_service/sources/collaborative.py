"""Posts that collaborative filtering found for the person: what people of the same taste liked.

The batch job's lists lie in the online rows, so a new run shows as soon as it is materialised.
"""

from dataclasses import dataclass

import numpy as np

from features.definitions import VIEW_BY_NAME
from features.online.rows import OnlineRows
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query

_VIEW = VIEW_BY_NAME["user_candidates"]


@dataclass(frozen=True)
class Collaborative:
    """Reads one list of ids a person."""

    online: OnlineRows
    quota: int = 100
    seconds: float = 0.1
    name: str = "collaborative"

    def find(self, query: Query) -> Ids:
        """Best first; none when the job has not run for this person."""
        lists = self.online.read_many(_VIEW, np.array([query.user_id], np.int64)).lists
        return NO_IDS if lists is None else lists.ids.astype(np.int64)
