"""The popularity arm: what most people liked lately, the same list for everyone, seen posts left out."""

from collections.abc import Sequence

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR
from pipelines.society.serving import Seen, Shown, log_lists

_AGE = 2 * DAY
_POOL = 20_000
_GRAVITY = 0.8


class Popularity:
    """Likes fading with age, likes ÷ (hours + 2)^0.8, over the posts of two days; kept for an hour."""

    def __init__(self, core: FeedCore, seen: Seen) -> None:
        self._core, self._seen = core, seen
        self._made_at, self._top = -1, list[tuple[int, int]]()

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        now = self._core.clock.now()
        if now // HOUR != self._made_at:
            self._made_at, self._top = now // HOUR, self._ranked(now)
        lists = [self._unseen(user_id, limit) for user_id in user_ids]
        return log_lists(self._core, self._seen, user_ids, lists, limit, "popularity", "trending")

    def _ranked(self, now: int) -> list[tuple[int, int]]:
        posts = self._core.stores.posts.newest(now - _AGE, _POOL)
        counts = self._core.posts.counts_many([post.post_id for post in posts])
        likes = np.array([counts[post.post_id].likes for post in posts], np.float64)
        hours = np.array([(now - post.created_at) / HOUR for post in posts], np.float64)
        order = np.argsort(-likes / (hours + 2) ** _GRAVITY, kind="stable")
        return [(posts[at].post_id, posts[at].author_id) for at in order]

    def _unseen(self, user_id: int, limit: int) -> list[tuple[int, int]]:
        seen, chosen = self._seen.of(user_id), list[tuple[int, int]]()
        for post_id, author_id in self._top:
            if post_id not in seen and author_id != user_id:
                chosen.append((post_id, author_id))
                if len(chosen) == limit:
                    break
        return chosen
