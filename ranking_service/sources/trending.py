"""Posts of the last days that many people engage with now: what everyone may like, also a newcomer.

Posts of private accounts are not among them, for they are not everyone's to see.
Score: engagements / (age in hours + 2)^1.5, the decay that Hacker News made known; likes and shares
count once a person. The list is the same for all, so it is worked out at most once in five minutes.
"""

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feed_core.model.clock import DAY, HOUR, MINUTE
from feed_core.model.posts import PostCounts, PostKey
from feed_core.services.posts import PostService
from feed_core.services.visibility import NOBODY, Visibility
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query

HORIZON_MS = 2 * DAY
REFRESH_MS = 5 * MINUTE
_LOOKED_AT = 2_000
_GRAVITY = 1.5


@dataclass
class Trending:
    """Keeps the list by the request's clock; a clock that steps back makes a new one."""

    posts: PostService
    visibility: Visibility
    quota: int = 50
    seconds: float = 0.15
    name: str = "trending"
    _made_at: int = field(default=-REFRESH_MS, init=False)
    _ids: Ids = field(default_factory=lambda: NO_IDS, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def find(self, query: Query) -> Ids:
        """Most engaging first."""
        with self._lock:
            if not 0 <= query.now - self._made_at < REFRESH_MS:
                self._ids, self._made_at = self._fresh(query.now), query.now
            return self._ids

    def _fresh(self, now: int) -> Ids:
        posts = [post for post in self.posts.newest(now - HORIZON_MS, _LOOKED_AT) if post.created_at <= now]
        closed = self.visibility.closed({(NOBODY, post.author_id) for post in posts})
        posts = [post for post in posts if (NOBODY, post.author_id) not in closed]
        if not posts:
            return NO_IDS
        counts = self.posts.counts_many([post.post_id for post in posts])
        heat = _heat(posts, [counts[post.post_id] for post in posts], now)
        ids = np.array([post.post_id for post in posts], np.int64)
        order = np.lexsort((-ids, -heat))
        return ids[order[heat[order] > 0]][: 4 * self.quota]


def _heat(posts: list[PostKey], counts: list[PostCounts], now: int) -> NDArray[np.float64]:
    engaged = np.array([c.likes + c.comments + c.shares + c.saves for c in counts], np.float64)
    hours = np.array([now - post.created_at for post in posts], np.float64) / HOUR
    return np.asarray(engaged / (hours + 2.0) ** _GRAVITY)
