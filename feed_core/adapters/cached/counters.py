"""Recounts of posts and comments, after which the caches forget the counts from before."""

from collections.abc import Collection

from feed_core.adapters.cached.keys import COUNTS
from feed_core.model.posts import PostCounts
from feed_core.ports.cache import Cache
from feed_core.ports.counters import Counted, PostCounters


class CachedCounters:
    """Implements ``ports.counters.PostCounters`` over ``counters``. Raises ``Unavailable``."""

    def __init__(self, counters: PostCounters, cache: Cache) -> None:
        self._counters, self._cache = counters, cache

    def recount_touched(self, counted: Counted, pairs: Collection[tuple[int, int]]) -> None:
        try:
            self._counters.recount_touched(counted, pairs)
        finally:
            self._forget({owner for owner, _ in pairs})

    def recount_posts(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        try:
            return self._counters.recount_posts(post_ids)
        finally:
            self._forget(post_ids)

    def recount_comments(self, comment_ids: Collection[int]) -> dict[int, PostCounts]:
        try:
            return self._counters.recount_comments(comment_ids)
        finally:
            self._forget(comment_ids)

    def _forget(self, ids: Collection[int]) -> None:
        if ids:
            self._cache.forget([COUNTS.of(id_) for id_ in ids])
