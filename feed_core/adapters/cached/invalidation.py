"""Makes every cache forget posts and people, whoever changed them."""

from collections.abc import Collection, Sequence

from feed_core.adapters.cached.keys import (
    BLOCKED,
    BLOCKED_BY,
    COUNTS,
    FOLLOW_COUNT,
    FOLLOWERS,
    FOLLOWING,
    MUTED,
    POST,
    USER,
    CacheKey,
)
from feed_core.adapters.cached.near import Near

_OF_POSTS = (POST, COUNTS)
_OF_PEOPLE = (USER, FOLLOW_COUNT, FOLLOWERS, FOLLOWING, BLOCKED, BLOCKED_BY, MUTED)


class CacheInvalidation:
    """Implements ``ports.invalidation.Invalidation`` over the shared cache and this process's own."""

    def __init__(self, near: Near) -> None:
        self._near = near

    def posts(self, post_ids: Collection[int]) -> None:
        self._forget(_OF_POSTS, post_ids)

    def people(self, user_ids: Collection[int]) -> None:
        self._forget(_OF_PEOPLE, user_ids)

    def _forget(self, kinds: Sequence[CacheKey], ids: Collection[int]) -> None:
        keys = [kind.of(id_) for kind in kinds for id_ in ids]
        if keys:
            self._near.forget(keys)
