"""Posts and their counts in SQLite; what each person posted or shared is in ``user_posts.py``."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.adapters.sqlite.user_posts import UserPosts
from feed_core.model.posts import Post, PostCounts, PostKey

_SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
  post_id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, created_at INTEGER NOT NULL,
  deleted INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS posts_by_author ON posts (author_id, created_at, post_id) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS posts_by_time ON posts (created_at, post_id) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS posts_deleted ON posts (post_id) WHERE deleted;
CREATE INDEX IF NOT EXISTS posts_deleted_by ON posts (author_id) WHERE deleted;
CREATE TABLE IF NOT EXISTS post_places (
  place TEXT NOT NULL, created_at INTEGER NOT NULL, post_id INTEGER NOT NULL,
  PRIMARY KEY (place, created_at, post_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS post_places_by_post ON post_places (post_id);
CREATE TABLE IF NOT EXISTS post_counts (
  post_id INTEGER PRIMARY KEY, likes INTEGER NOT NULL, comments INTEGER NOT NULL, shares INTEGER NOT NULL,
  saves INTEGER NOT NULL);
"""
_ADD_TO_COUNTS = """
INSERT INTO post_counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET
  likes = likes + excluded.likes, comments = comments + excluded.comments,
  shares = shares + excluded.shares, saves = saves + excluded.saves
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Post).decode


class SqlitePosts(UserPosts):
    """Implements ``ports.posts.Posts``."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        database.create(_SCHEMA)

    def put(self, posts: Sequence[Post]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?)",
                ((p.post_id, p.author_id, p.created_at, p.deleted, _encode(p)) for p in posts),
            )
            last = {post.post_id: post for post in posts}
            connection.executemany("DELETE FROM post_places WHERE post_id = ?", ((id_,) for id_ in last))
            connection.executemany(
                "INSERT INTO post_places VALUES (?, ?, ?)",
                ((p.place, p.created_at, id_) for id_, p in last.items() if p.place and not p.deleted),
            )

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        rows = self._database.rows(
            "SELECT post_id, body FROM posts WHERE post_id IN (SELECT value FROM json_each(?))",
            json_keys(post_ids),
        )
        return {post_id: _decode(body) for post_id, body in rows}

    def shown_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        return self.get_many(post_ids)

    def deleted_among(self, post_ids: Collection[int]) -> set[int]:
        return self._database.marked("posts INDEXED BY posts_deleted", "post_id", "deleted", post_ids)

    def authors_of(self, post_ids: Collection[int]) -> dict[int, int]:
        rows = self._database.rows(
            "SELECT post_id, author_id FROM posts WHERE NOT deleted"
            " AND post_id IN (SELECT value FROM json_each(?))",
            json_keys(post_ids),
        )
        return dict(rows)

    def by_author(self, author_id: int, before: tuple[int, int], limit: int) -> list[Post]:
        rows = self._database.rows(
            "SELECT body FROM posts WHERE NOT deleted AND author_id = ? AND (created_at, post_id) < (?, ?)"
            " ORDER BY created_at DESC, post_id DESC LIMIT ?",
            author_id,
            *before,
            limit,
        )
        return [_decode(body) for (body,) in rows]

    def by_place(self, place: str, before: tuple[int, int], limit: int) -> list[Post]:
        rows = self._database.rows(
            "SELECT body FROM post_places JOIN posts USING (post_id)"
            " WHERE place = ? AND (post_places.created_at, post_id) < (?, ?)"
            " ORDER BY post_places.created_at DESC, post_id DESC LIMIT ?",
            place,
            *before,
            limit,
        )
        return [_decode(body) for (body,) in rows]

    def newest(self, since: int, limit: int) -> list[PostKey]:
        rows = self._database.rows(
            "SELECT post_id, author_id, created_at FROM posts WHERE NOT deleted AND created_at >= ?"
            " ORDER BY created_at DESC, post_id DESC LIMIT ?",
            since,
            limit,
        )
        return list(map(PostKey._make, rows))

    def page(self, after_id: int, limit: int) -> list[Post]:
        rows = self._database.rows(
            "SELECT body FROM posts WHERE post_id > ? ORDER BY post_id LIMIT ?", after_id, limit
        )
        return [_decode(body) for (body,) in rows]

    def count_by(self, author_ids: Collection[int]) -> dict[int, int]:
        rows = self._database.rows(
            "SELECT author_id, count(*) FROM posts WHERE NOT deleted"
            " AND author_id IN (SELECT value FROM json_each(?)) GROUP BY author_id",
            json_keys(author_ids),
        )
        return dict(rows)

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        rows = self._database.rows(
            "SELECT post_id, likes, comments, shares, saves FROM post_counts"
            " WHERE post_id IN (SELECT value FROM json_each(?))",
            json_keys(post_ids),
        )
        return {
            row[0]: PostCounts(likes=row[1], comments=row[2], shares=row[3], saves=row[4]) for row in rows
        }

    def deleted_by(self, author_id: int, limit: int) -> list[Post]:
        rows = self._database.rows("SELECT body FROM posts WHERE deleted AND author_id = ?", author_id)
        gone = [_decode(body) for (body,) in rows]
        return sorted(gone, key=lambda post: (-post.updated_at, -post.post_id))[:limit]

    def deleted_before(self, before: int, limit: int) -> list[Post]:
        rows = self._database.rows(
            "SELECT body FROM posts INDEXED BY posts_deleted WHERE deleted ORDER BY post_id"
        )
        gone = [post for (body,) in rows if (post := _decode(body)).updated_at < before]
        return sorted(gone, key=lambda post: (post.updated_at, post.post_id))[:limit]

    def purge(self, post_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            for table in ("posts", "post_places", "post_counts", "user_posts"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE post_id = ?", ((post_id,) for post_id in post_ids)
                )

    def add_to_counts(self, changes: Mapping[int, PostCounts]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                _ADD_TO_COUNTS,
                ((id_, c.likes, c.comments, c.shares, c.saves) for id_, c in changes.items()),
            )
