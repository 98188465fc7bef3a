"""Comments in Cassandra: under their post, by what they answer, by who wrote them, and by id.

``comments`` holds them; the lists hold the ids of undeleted ones and are written first, so that a call that
was cut off and is repeated leaves them equal.
"""

from collections.abc import Collection, Sequence
from heapq import merge
from itertools import islice

import msgspec

from feed_core.adapters.cassandra.crowds import Crowd, buckets
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.posts import Comment

_PUT = "INSERT INTO comments (post_id, bucket, comment_id, deleted, body) VALUES (?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM comments WHERE post_id = ? AND bucket = ? AND comment_id = ?"
_GET = "SELECT body FROM comments WHERE post_id = ? AND bucket = ? AND comment_id = ?"
# Filtering within one bucket: it steps over the deleted comments, which are few.
_OF_POST = (
    "SELECT comment_id, body FROM comments"
    " WHERE post_id = ? AND bucket = ? AND comment_id < ? AND deleted = false LIMIT ? ALLOW FILTERING"
)
_ALL_OF_POST = "SELECT comment_id FROM comments WHERE post_id = ? AND bucket = ? LIMIT ?"
_PUT_PLACE = "INSERT INTO comment_places (comment_id, post_id, bucket) VALUES (?, ?, ?)"
_PLACES = "SELECT comment_id, post_id, bucket FROM comment_places WHERE comment_id IN ?"
_DELETE_PLACE = "DELETE FROM comment_places WHERE comment_id = ?"
_ANSWER = "INSERT INTO comment_threads (thread_id, bucket, comment_id) VALUES (?, ?, ?)"
_UNANSWER = "DELETE FROM comment_threads WHERE thread_id = ? AND bucket = ? AND comment_id = ?"
_ANSWERS = (
    "SELECT comment_id FROM comment_threads WHERE thread_id = ? AND bucket = ? AND comment_id < ? LIMIT ?"
)
_BY_USER = "INSERT INTO comments_by_user (user_id, comment_id) VALUES (?, ?)"
_NOT_BY_USER = "DELETE FROM comments_by_user WHERE user_id = ? AND comment_id = ?"
_OF_USER = "SELECT comment_id FROM comments_by_user WHERE user_id = ? AND comment_id < ? LIMIT ?"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Comment).decode


class CassandraComments:
    """Implements ``ports.comments.Comments``; a comment stays under its post, parent and author."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._crowd = comments_crowd(session)
        self._threads = threads_crowd(session)

    def put(self, comments: Sequence[Comment]) -> None:
        by_id = {each.comment_id: each for each in comments}
        pairs = [(each.post_id, id_) for id_, each in by_id.items()]
        held, places = self._crowd.find("deleted", pairs)
        self._session.write_small(_PUT_PLACE, ((id_, post, places[post, id_]) for post, id_ in pairs))
        self._list([each for each in by_id.values() if not each.deleted])
        self._unlist([each for each in by_id.values() if each.deleted])
        self._session.write(
            _PUT,
            ((c.post_id, places[c.post_id, id_], id_, c.deleted, _encode(c)) for id_, c in by_id.items()),
        )
        self._crowd.grow({pair: places[pair] for pair in places.keys() - held.keys()})

    def get_many(self, comment_ids: Collection[int]) -> dict[int, Comment]:
        places = self._places(comment_ids)
        found = self._session.rows_many(_GET, ((*place, id_) for id_, place in places.items()))
        return {id_: _decode(rows[0][0]) for id_, rows in zip(places, found, strict=True) if rows}

    def of_post(self, post_id: int, before_id: int, limit: int) -> list[Comment]:
        width = self._crowd.widths([post_id])[post_id]
        asked = ((post_id, bucket, before_id, limit) for bucket in buckets(width))
        found = merge(*self._session.rows_many(_OF_POST, asked), reverse=True)
        return [_decode(body) for _, body in islice(found, limit)]

    def of_parent(self, post_id: int, parent_id: int, before_id: int, limit: int) -> list[Comment]:
        thread = parent_id or -post_id
        width = self._threads.widths([thread])[thread]
        asked = ((thread, bucket, before_id, limit) for bucket in buckets(width))
        found = merge(*self._session.rows_many(_ANSWERS, asked), reverse=True)
        answers = self._listed([id_ for (id_,) in islice(found, limit)])
        return [each for each in answers if each.post_id == post_id]

    def of_user(self, user_id: int, before_id: int, limit: int) -> list[Comment]:
        return self._listed([id_ for (id_,) in self._session.rows(_OF_USER, user_id, before_id, limit)])

    def all_of_post(self, post_id: int, limit: int) -> list[int]:
        width = self._crowd.widths([post_id])[post_id]
        found = self._session.rows_many(_ALL_OF_POST, ((post_id, bucket, limit) for bucket in buckets(width)))
        return [id_ for rows in found for (id_,) in rows if id_ is not None][:limit]

    def purge(self, comment_ids: Collection[int]) -> None:
        places = self._places(comment_ids)
        self._unlist(list(self.get_many(comment_ids).values()))
        self._session.write_small(_DELETE, ((*place, id_) for id_, place in places.items()))
        self._session.write_small(_DELETE_PLACE, ((id_,) for id_ in places))

    def count(self, post_ids: Collection[int]) -> dict[int, int]:
        counts: dict[int, int] = {}
        for post_id, _, size in self._crowd.sizes(set(post_ids)):
            counts[post_id] = counts.get(post_id, 0) + size
        return counts

    def _places(self, comment_ids: Collection[int]) -> dict[int, tuple[int, int]]:
        """(post_id, bucket) of each comment that has a place."""
        return {row[0]: (row[1], row[2]) for row in self._session.rows_in(_PLACES, set(comment_ids))}

    def _listed(self, comment_ids: Sequence[int]) -> list[Comment]:
        """The comments of a list in its order; one whose writing was cut off is not there yet."""
        found = self.get_many(comment_ids)
        return [found[id_] for id_ in comment_ids if id_ in found]

    def _list(self, comments: Sequence[Comment]) -> None:
        pairs = [(_thread(each), each.comment_id) for each in comments]
        held, places = self._threads.find("bucket", pairs)
        self._session.write_small(
            _ANSWER, ((thread, bucket, id_) for (thread, id_), bucket in places.items())
        )
        self._session.write_small(_BY_USER, ((each.user_id, each.comment_id) for each in comments))
        self._threads.grow({pair: places[pair] for pair in places.keys() - held.keys()})

    def _unlist(self, comments: Sequence[Comment]) -> None:
        places = self._threads.places([(_thread(each), each.comment_id) for each in comments])
        self._session.write_small(
            _UNANSWER, ((thread, bucket, id_) for (thread, id_), bucket in places.items())
        )
        self._session.write_small(_NOT_BY_USER, ((each.user_id, each.comment_id) for each in comments))


def comments_crowd(session: CassandraSession) -> Crowd:
    """The comments under posts; deleted ones are not counted."""
    return Crowd(session, "comments", owner="post_id", member="comment_id", only="deleted = false")


def threads_crowd(session: CassandraSession) -> Crowd:
    """The undeleted answers to comments."""
    return Crowd(session, "comment_threads", owner="thread_id", member="comment_id")


def _thread(comment: Comment) -> int:
    """What it answers: a comment, or the post, which has minus its id."""
    return comment.parent_id or -comment.post_id
