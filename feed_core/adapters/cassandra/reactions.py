"""Likes, saves, shares, hides and reports in Cassandra: ``likes`` by post, ``user_likes`` by user and
time.

``likes`` is the truth, written first and removed last: a call that was cut off and is repeated finds it and
makes ``user_likes`` equal to it. "Is it new?" is answered from a read before the write, which is exact as
long as one user's writes follow each other.
"""

from collections.abc import Collection, Sequence
from heapq import merge
from itertools import islice
from typing import get_args

from feed_core.adapters.cassandra.crowds import Crowd, buckets
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.ports.reactions import NEWEST, Reaction, ReactionKind

_Pair = tuple[int, int]
_LIKE = "INSERT INTO likes (kind, post_id, bucket, user_id, at) VALUES (?, ?, ?, ?, ?)"
_UNLIKE = "DELETE FROM likes WHERE kind = ? AND post_id = ? AND bucket = ? AND user_id = ?"
_USER_LIKE = "INSERT INTO user_likes (kind, user_id, at, post_id) VALUES (?, ?, ?, ?)"
_USER_UNLIKE = "DELETE FROM user_likes WHERE kind = ? AND user_id = ? AND at = ? AND post_id = ?"
_BY_USER = (
    "SELECT user_id, post_id, at FROM user_likes"
    " WHERE kind = ? AND user_id = ? AND (at, post_id) < (?, ?) LIMIT ?"
)
_OF_POST = (
    "SELECT user_id, post_id, at FROM likes"
    " WHERE kind = ? AND post_id = ? AND bucket = ? AND user_id > ? LIMIT ?"
)


class CassandraReactions:
    """Implements ``ports.reactions.Reactions``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._crowd = likes_crowd(session)

    def add(self, kind: ReactionKind, reactions: Sequence[Reaction]) -> list[bool]:
        pairs = {(post, user) for user, post, _ in reactions}
        held, places = self._crowd.find("at", pairs, kind)
        times = {pair: at for pair, (at,) in held.items()}
        answers = []
        for user, post, at in reactions:
            answers.append((post, user) not in times)
            times.setdefault((post, user), at)
        rows = [(post, user, places[post, user], at) for (post, user), at in times.items()]
        self._session.write_first(
            (_LIKE, [(kind, post, bucket, user, at) for post, user, bucket, at in rows]),
            (_USER_LIKE, [(kind, user, at, post) for post, user, _, at in rows]),
        )
        self._crowd.grow({pair: places[pair] for pair in pairs - held.keys()}, kind)
        return answers

    def remove(self, kind: ReactionKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        held, places = self._crowd.find("at", {(post, user) for user, post in pairs}, kind)
        rows = [(post, user, places[post, user], at) for (post, user), (at,) in held.items()]
        self._session.write_small(_USER_UNLIKE, ((kind, user, at, post) for post, user, _, at in rows))
        self._session.write_small(_UNLIKE, ((kind, post, bucket, user) for post, user, bucket, _ in rows))
        return [held.pop((post, user), None) is not None for user, post in pairs]

    def present(self, kind: ReactionKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return {(user, post) for post, user in self._held(kind, {(post, user) for user, post in pairs})}

    def among(self, kind: ReactionKind, user_id: int, post_ids: Collection[int]) -> set[int]:
        return {post_id for post_id, _ in self._held(kind, {(id_, user_id) for id_ in post_ids})}

    def by_user(
        self, kind: ReactionKind, user_id: int, limit: int, before: tuple[int, int] = NEWEST
    ) -> list[Reaction]:
        rows = self._session.rows(_BY_USER, kind, user_id, *before, limit)
        return [Reaction._make(row) for row in rows]

    def of_post(self, kind: ReactionKind, post_id: int, after_user: int, limit: int) -> list[Reaction]:
        width = self._crowd.widths([post_id], kind)[post_id]
        asked = ((kind, post_id, bucket, after_user, limit) for bucket in buckets(width))
        found = merge(*self._session.rows_many(_OF_POST, asked))
        return [Reaction._make(row) for row in islice(found, limit)]

    def count(self, kind: ReactionKind, post_ids: Collection[int]) -> dict[int, int]:
        counts: dict[int, int] = {}
        for post_id, _, size in self._crowd.sizes(set(post_ids), kind):
            counts[post_id] = counts.get(post_id, 0) + size
        return counts

    def purge(self, post_ids: Collection[int]) -> None:
        for kind in get_args(ReactionKind):
            rows = self._crowd.all("post_id, at", set(post_ids), kind)
            self._session.write_small(_USER_UNLIKE, ((kind, user, at, post) for post, at, user in rows))
            self._crowd.clear(set(post_ids), kind)

    def _held(self, kind: ReactionKind, pairs: Collection[_Pair]) -> Collection[_Pair]:
        """Those of the (post_id, user_id) pairs that are there."""
        return self._crowd.find("at", pairs, kind)[0]


def likes_crowd(session: CassandraSession) -> Crowd:
    """The likes of posts."""
    return Crowd(session, "likes", scope=("kind",), owner="post_id", member="user_id")
