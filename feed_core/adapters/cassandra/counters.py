"""Recounts the buckets of likes and comments into ``post_counts``.

Each write carries the time at which its recount began, so of two that overlap the later one stays, and one
that is repeated or comes late changes nothing.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from feed_core.adapters.cassandra.comments import comments_crowd, threads_crowd
from feed_core.adapters.cassandra.crowds import WIDTHS, Crowd, bucket_of
from feed_core.adapters.cassandra.reactions import likes_crowd
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.posts import PostCounts
from feed_core.ports.counters import Counted

_PUT = "INSERT INTO post_counts (post_id, kind, bucket, n) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
_HELD = "SELECT post_id, kind, bucket, n FROM post_counts WHERE post_id IN ?"
_OF_POSTS: tuple[Counted, ...] = ("like", "save", "share", "comment")
_OF_COMMENTS: tuple[Counted, ...] = ("comment_like", "answer")
_Places = dict[tuple[int, str, int], int]
"""Counts by (post_id, field, bucket)."""


class _Source(NamedTuple):
    """Where something lies that is counted, and the field of the counts it goes to."""

    crowd: Crowd
    scope: tuple[str, ...]
    field: str


class CassandraPostCounters:
    """Implements ``ports.counters.PostCounters``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        likes = likes_crowd(session)
        self._sources: Mapping[Counted, _Source] = {
            "like": _Source(likes, ("like",), "likes"),
            "save": _Source(likes, ("save",), "saves"),
            "share": _Source(likes, ("share",), "shares"),
            "comment": _Source(comments_crowd(session), (), "comments"),
            "comment_like": _Source(likes, ("comment_like",), "likes"),
            "answer": _Source(threads_crowd(session), (), "comments"),
        }

    def recount_touched(self, counted: Counted, pairs: Collection[tuple[int, int]]) -> None:
        began, source = self._session.now(), self._sources[counted]
        widths = source.crowd.widths({owner for owner, _ in pairs}, *source.scope)
        touched = {
            (owner, bucket_of(member, width))
            for owner, member in pairs
            for width in WIDTHS
            if width <= widths[owner]
        }
        sizes = source.crowd.sizes_at(touched, *source.scope)
        self._put({(owner, source.field, bucket): n for (owner, bucket), n in sizes.items()}, began)

    def recount_posts(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        return self._recount(_OF_POSTS, set(post_ids))

    def recount_comments(self, comment_ids: Collection[int]) -> dict[int, PostCounts]:
        return self._recount(_OF_COMMENTS, set(comment_ids))

    def _recount(self, kinds: Collection[Counted], ids: set[int]) -> dict[int, PostCounts]:
        """Every bucket of every kind; what no longer has anything to count becomes 0."""
        began = self._session.now()
        held: _Places = {row[:3]: row[3] for row in self._session.rows_in(_HELD, ids)}
        found: _Places = dict.fromkeys(held, 0)
        for source in (self._sources[kind] for kind in kinds):
            for owner, bucket, n in source.crowd.sizes(ids, *source.scope):
                found[owner, source.field, bucket] = n
        self._put({place: n for place, n in found.items() if held.get(place) != n}, began)
        return _differences(held, found)

    def _put(self, counts: _Places, began: int) -> None:
        self._session.write_small(_PUT, ((*place, n, began) for place, n in counts.items()))


def _differences(before: _Places, after: _Places) -> dict[int, PostCounts]:
    """What was added in sum, by post, where it is not nothing."""
    sums: dict[int, dict[str, int]] = {}
    for (post_id, field, bucket), n in after.items():
        fields = sums.setdefault(post_id, {})
        fields[field] = fields.get(field, 0) + n - before.get((post_id, field, bucket), 0)
    changes = {post_id: PostCounts(**fields) for post_id, fields in sums.items()}
    return {post_id: change for post_id, change in changes.items() if change != PostCounts()}
