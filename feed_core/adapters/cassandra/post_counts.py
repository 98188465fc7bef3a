"""Counts of posts and comments in Cassandra: a row a (post, kind, bucket), the count is the sum.

The rows of a post's buckets are recounted, never added to: writing one again changes nothing. Bucket 0
alone is what callers without a recount add by hand, one light-weight transaction a change.
"""

from collections.abc import Collection, Mapping

import msgspec

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.posts import PostCounts

BY_HAND = 0
_COUNTS = "SELECT post_id, kind, n FROM post_counts WHERE post_id IN ?"
_AT = f"SELECT n FROM post_counts WHERE post_id = ? AND kind = ? AND bucket = {BY_HAND}"
_FIRST = f"INSERT INTO post_counts (post_id, kind, bucket, n) VALUES (?, ?, {BY_HAND}, ?) IF NOT EXISTS"
_NEXT = f"UPDATE post_counts SET n = ? WHERE post_id = ? AND kind = ? AND bucket = {BY_HAND} IF n = ?"
_PURGE = "DELETE FROM post_counts WHERE post_id = ?"


class PostCountRows:
    """The part of ``ports.posts.Posts`` about counts."""

    def __init__(self, session: CassandraSession) -> None:
        self._counts = session

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        sums: dict[int, dict[str, int]] = {}
        for post_id, kind, n in self._counts.rows_in(_COUNTS, set(post_ids)):
            fields = sums.setdefault(post_id, {})
            fields[kind] = fields.get(kind, 0) + n
        return {post_id: PostCounts(**fields) for post_id, fields in sums.items()}

    def add_to_counts(self, changes: Mapping[int, PostCounts]) -> None:
        for post_id, change in changes.items():
            for kind, n in msgspec.structs.asdict(change).items():
                if n:
                    self._add(post_id, kind, n)

    def purge_counts(self, post_ids: Collection[int]) -> None:
        """Remove all counts of these posts or comments."""
        self._counts.write_small(_PURGE, ((post_id,) for post_id in post_ids))

    def _add(self, post_id: int, kind: str, n: int) -> None:
        """Again until nobody changed it in between."""
        while True:
            rows = self._counts.rows(_AT, post_id, kind)
            if rows:
                done = self._counts.applied(_NEXT, rows[0][0] + n, post_id, kind, rows[0][0])
            else:
                done = self._counts.applied(_FIRST, post_id, kind, n)
            if done:
                return
