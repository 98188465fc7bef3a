"""Comment threads in SQLite."""

from collections.abc import Collection, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.posts import Comment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS comments (
  comment_id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL, user_id INTEGER NOT NULL, text TEXT NOT NULL,
  parent_id INTEGER NOT NULL, created_at INTEGER NOT NULL, deleted INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS comments_by_post ON comments (post_id, comment_id) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS comments_by_parent ON comments (post_id, parent_id, comment_id)
  WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS comments_by_user ON comments (user_id, comment_id) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS comments_all_by_post ON comments (post_id);
"""
_COLUMNS = "comment_id, post_id, user_id, text, parent_id, created_at, deleted"


class SqliteComments:
    """Implements ``ports.comments.Comments``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, comments: Sequence[Comment]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO comments ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (c.comment_id, c.post_id, c.user_id, c.text, c.parent_id, c.created_at, c.deleted)
                    for c in comments
                ),
            )

    def get_many(self, comment_ids: Collection[int]) -> dict[int, Comment]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM comments WHERE comment_id IN (SELECT value FROM json_each(?))",
            json_keys(comment_ids),
        )
        return {row[0]: _comment(row) for row in rows}

    def of_post(self, post_id: int, before_id: int, limit: int) -> list[Comment]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM comments WHERE NOT deleted AND post_id = ? AND comment_id < ?"
            " ORDER BY comment_id DESC LIMIT ?",
            post_id,
            before_id,
            limit,
        )
        return [_comment(row) for row in rows]

    def of_parent(self, post_id: int, parent_id: int, before_id: int, limit: int) -> list[Comment]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM comments WHERE NOT deleted AND post_id = ? AND parent_id = ?"
            " AND comment_id < ? ORDER BY comment_id DESC LIMIT ?",
            post_id,
            parent_id,
            before_id,
            limit,
        )
        return [_comment(row) for row in rows]

    def of_user(self, user_id: int, before_id: int, limit: int) -> list[Comment]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM comments WHERE NOT deleted AND user_id = ? AND comment_id < ?"
            " ORDER BY comment_id DESC LIMIT ?",
            user_id,
            before_id,
            limit,
        )
        return [_comment(row) for row in rows]

    def all_of_post(self, post_id: int, limit: int) -> list[int]:
        rows = self._database.rows(
            "SELECT comment_id FROM comments WHERE post_id = ? LIMIT ?", post_id, limit
        )
        return [comment_id for (comment_id,) in rows]

    def purge(self, comment_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM comments WHERE comment_id = ?", ((id_,) for id_ in comment_ids)
            )

    def count(self, post_ids: Collection[int]) -> dict[int, int]:
        rows = self._database.rows(
            "SELECT post_id, count(*) FROM comments WHERE NOT deleted"
            " AND post_id IN (SELECT value FROM json_each(?)) GROUP BY post_id",
            json_keys(post_ids),
        )
        return dict(rows)


def _comment(row: tuple[int, int, int, str, int, int, int]) -> Comment:
    return Comment(
        comment_id=row[0],
        post_id=row[1],
        user_id=row[2],
        text=row[3],
        parent_id=row[4],
        created_at=row[5],
        deleted=bool(row[6]),
    )
