"""Likes, saves, shares, hides and reports in SQLite: one tree by post, one by user and time."""

from collections.abc import Collection, Sequence
from typing import get_args

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.ports.reactions import NEWEST, Reaction, ReactionKind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reactions (
  kind TEXT NOT NULL, post_id INTEGER NOT NULL, user_id INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (kind, post_id, user_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reactions_by_user ON reactions (kind, user_id, at, post_id);
"""


class SqliteReactions:
    """Implements ``ports.reactions.Reactions``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def add(self, kind: ReactionKind, reactions: Sequence[Reaction]) -> list[bool]:
        with self._database.transaction() as connection:
            insert = "INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?)"
            return [
                connection.execute(insert, (kind, post_id, user_id, at)).rowcount == 1
                for user_id, post_id, at in reactions
            ]

    def remove(self, kind: ReactionKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        with self._database.transaction() as connection:
            delete = "DELETE FROM reactions WHERE kind = ? AND user_id = ? AND post_id = ?"
            return [connection.execute(delete, (kind, *pair)).rowcount == 1 for pair in pairs]

    def present(self, kind: ReactionKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        execute = self._database.connection().execute
        select = "SELECT 1 FROM reactions WHERE kind = ? AND user_id = ? AND post_id = ?"
        return {pair for pair in pairs if execute(select, (kind, *pair)).fetchone()}

    def among(self, kind: ReactionKind, user_id: int, post_ids: Collection[int]) -> set[int]:
        rows = self._database.rows(
            "SELECT post_id FROM reactions WHERE kind = ? AND user_id = ?"
            " AND post_id IN (SELECT value FROM json_each(?))",
            kind,
            user_id,
            json_keys(post_ids),
        )
        return {post_id for (post_id,) in rows}

    def by_user(
        self, kind: ReactionKind, user_id: int, limit: int, before: tuple[int, int] = NEWEST
    ) -> list[Reaction]:
        rows = self._database.rows(
            "SELECT user_id, post_id, at FROM reactions WHERE kind = ? AND user_id = ?"
            " AND (at, post_id) < (?, ?) ORDER BY at DESC, post_id DESC LIMIT ?",
            kind,
            user_id,
            *before,
            limit,
        )
        return [Reaction._make(row) for row in rows]

    def of_post(self, kind: ReactionKind, post_id: int, after_user: int, limit: int) -> list[Reaction]:
        rows = self._database.rows(
            "SELECT user_id, post_id, at FROM reactions WHERE kind = ? AND post_id = ? AND user_id > ?"
            " ORDER BY user_id LIMIT ?",
            kind,
            post_id,
            after_user,
            limit,
        )
        return [Reaction._make(row) for row in rows]

    def purge(self, post_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM reactions WHERE kind = ? AND post_id = ?",
                ((kind, post_id) for post_id in post_ids for kind in get_args(ReactionKind)),
            )

    def count(self, kind: ReactionKind, post_ids: Collection[int]) -> dict[int, int]:
        rows = self._database.rows(
            "SELECT post_id, count(*) FROM reactions WHERE kind = ?"
            " AND post_id IN (SELECT value FROM json_each(?)) GROUP BY post_id",
            kind,
            json_keys(post_ids),
        )
        return dict(rows)
