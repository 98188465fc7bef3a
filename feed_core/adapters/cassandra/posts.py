"""Posts in Cassandra: ``posts`` by id, with lists of ids by author, day and place in place of secondary
indexes.

A post's lists are written before it, or with it where a unit will be repeated, and cleared after it, and what
a list names is shown only where the post itself says the same, so that a call that was cut off shows nothing
wrong and its repetition leaves them equal.
"""

from collections.abc import Collection, Sequence

import msgspec

from feed_core.adapters.cassandra.post_counts import PostCountRows
from feed_core.adapters.cassandra.post_lists import PostLists
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.user_posts import UserPosts
from feed_core.adapters.journal.applying import current_step
from feed_core.model.posts import Post, PostKey

_PUT = "INSERT INTO posts (post_id, author_id, deleted, body) VALUES (?, ?, ?, ?)"
_GET = "SELECT post_id, body FROM posts WHERE post_id IN ?"
_DELETED = "SELECT post_id, deleted FROM posts WHERE post_id IN ?"
_AUTHORS = "SELECT post_id, author_id, deleted FROM posts WHERE post_id IN ?"
_PAGE = "SELECT body FROM posts WHERE token(post_id) > token(?) LIMIT ?"
_FIRST_PAGE = "SELECT body FROM posts LIMIT ?"
_PURGE = "DELETE FROM posts WHERE post_id = ?"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Post).decode


class CassandraPosts(UserPosts, PostCountRows):
    """Implements ``ports.posts.Posts``."""

    def __init__(self, session: CassandraSession) -> None:
        UserPosts.__init__(self, session)
        PostCountRows.__init__(self, session)
        self._session = session
        self._lists = PostLists(session, self.get_many)

    def put(self, posts: Sequence[Post]) -> None:
        by_id = {post.post_id: post for post in posts}
        rows = [(id_, post.author_id, post.deleted, _encode(post)) for id_, post in by_id.items()]
        in_unit = current_step() is not None
        # A service gives what replaces a post a later time: in a unit, what never changed replaces nothing.
        old = self.get_many({i for i, p in by_id.items() if not in_unit or p.updated_at > p.created_at})
        self._lists.add(list(by_id.values()), (_PUT, rows))
        undeleted = (msgspec.structs.replace(p, deleted=False) for p in by_id.values() if p.deleted)
        self._lists.remove([*old.values(), *undeleted], by_id)

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        rows = self._session.rows_in(_GET, set(post_ids))
        return {post_id: _decode(body) for post_id, body in rows}

    def shown_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        return self.get_many(post_ids)

    def deleted_among(self, post_ids: Collection[int]) -> set[int]:
        return {post_id for post_id, deleted in self._session.rows_in(_DELETED, set(post_ids)) if deleted}

    def authors_of(self, post_ids: Collection[int]) -> dict[int, int]:
        rows = self._session.rows_in(_AUTHORS, set(post_ids))
        return {post_id: author_id for post_id, author_id, deleted in rows if not deleted}

    def by_author(self, author_id: int, before: tuple[int, int], limit: int) -> list[Post]:
        return self._lists.by_author(author_id, before, limit)

    def by_place(self, place: str, before: tuple[int, int], limit: int) -> list[Post]:
        return self._lists.by_place(place, before, limit)

    def newest(self, since: int, limit: int) -> list[PostKey]:
        return self._lists.newest(since, limit)

    def deleted_by(self, author_id: int, limit: int) -> list[Post]:
        return self._lists.deleted_by(author_id, limit)

    def deleted_before(self, before: int, limit: int) -> list[Post]:
        return self._lists.deleted_before(before, limit)

    def page(self, after_id: int, limit: int) -> list[Post]:
        rows = (
            self._session.rows(_PAGE, after_id, limit) if after_id else self._session.rows(_FIRST_PAGE, limit)
        )
        return [_decode(body) for (body,) in rows]

    def count_by(self, author_ids: Collection[int]) -> dict[int, int]:
        return self._lists.count_by(author_ids)

    def purge(self, post_ids: Collection[int]) -> None:
        self.remove_entries(post_ids)
        self.purge_counts(post_ids)
        posts = list(self.get_many(post_ids).values())
        self._session.write_small(_PURGE, ((post.post_id,) for post in posts))
        self._lists.remove(posts, {})
