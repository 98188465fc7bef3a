"""Pages of lists of posts that go from newer to older."""

from collections.abc import Callable

from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Post, PostPage
from feed_core.model.rules import check_limit

Below = Callable[[tuple[int, int], int], list[Post]]
"""The newest posts with (created_at, post_id) below a place, at most so many, newest first."""


def post_page(below: Below, limit: int, cursor: str, kind: str, scope: int = 0) -> PostPage:
    """The page of ``limit`` posts that ``cursor`` asks for; ``kind`` and ``scope`` say of which list.

    Raises ``InvalidInput`` for a limit out of range and for a cursor of another list.
    """
    check_limit(limit)
    before = decode_cursor(cursor, kind, scope, 2) if cursor else (MAX_ID, MAX_ID)
    found = below((before[0], before[1]), limit + 1)
    shown, more = found[:limit], len(found) > limit
    next_cursor = encode_cursor(kind, scope, shown[-1].created_at, shown[-1].post_id) if more else ""
    return PostPage(posts=tuple(shown), next_cursor=next_cursor)
