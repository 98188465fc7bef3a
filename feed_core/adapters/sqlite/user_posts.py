"""What each person posted or shared, in SQLite: the truth that timelines are pulled or pushed from."""

from collections.abc import Collection, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.timelines import Entry, Position

_SCHEMA = """
CREATE TABLE IF NOT EXISTS user_posts (
  via_id INTEGER NOT NULL, delivered_at INTEGER NOT NULL, post_id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  PRIMARY KEY (via_id, delivered_at, post_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS user_posts_once ON user_posts (post_id, via_id);
"""
_BELOW = """
SELECT delivered_at, post_id, via_id, author_id FROM user_posts
WHERE via_id = ? AND delivered_at >= ? AND (delivered_at, post_id, via_id) < (?, ?, ?)
ORDER BY delivered_at DESC, post_id DESC LIMIT ?
"""


class UserPosts:
    """The part of ``ports.posts.Posts`` about entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put_entries(self, entries: Sequence[Entry]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO user_posts VALUES (?, ?, ?, ?)",
                ((e.via_id, e.delivered_at, e.post_id, e.author_id) for e in entries),
            )

    def put_first_entries(self, entries: Sequence[Entry]) -> None:
        self.put_entries(entries)

    def entries_of(self, post_ids: Collection[int]) -> list[Entry]:
        rows = self._database.rows(
            "SELECT delivered_at, post_id, via_id, author_id FROM user_posts"
            " WHERE post_id IN (SELECT value FROM json_each(?))",
            json_keys(post_ids),
        )
        return [entry_of(row) for row in rows]

    def withdraw_entries(self, pairs: Collection[tuple[int, int]]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM user_posts WHERE via_id = ? AND post_id = ?", pairs)

    def remove_entries(self, post_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM user_posts WHERE post_id = ?", ((id_,) for id_ in post_ids))

    def entries_below(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        execute = self._database.connection().execute
        return [
            [entry_of(row) for row in execute(_BELOW, (via_id, since, *before, limit))]
            for via_id, before, limit in requests
        ]

    def entries_by(self, via_ids: Collection[int], since: int, limit: int) -> dict[int, list[Entry]]:
        rows = self._database.rows(
            "SELECT delivered_at, post_id, via_id, author_id FROM ("
            "  SELECT *, row_number() OVER"
            "    (PARTITION BY via_id ORDER BY delivered_at DESC, post_id DESC) AS place"
            "  FROM user_posts WHERE via_id IN (SELECT value FROM json_each(?)) AND delivered_at >= ?)"
            " WHERE place <= ? ORDER BY via_id, place",
            json_keys(via_ids),
            since,
            limit,
        )
        found: dict[int, list[Entry]] = {}
        for row in rows:
            found.setdefault(row[2], []).append(entry_of(row))
        return found

    def entries_at(self, pairs: Collection[tuple[int, int]]) -> list[Entry]:
        select = (
            "SELECT delivered_at, post_id, via_id, author_id FROM user_posts WHERE via_id = ? AND post_id = ?"
        )
        execute = self._database.connection().execute
        return [entry_of(row) for pair in pairs for row in execute(select, pair)]


def entry_of(row: tuple[int, int, int, int]) -> Entry:
    """An entry from (delivered_at, post_id, via_id, author_id)."""
    return Entry(delivered_at=row[0], post_id=row[1], via_id=row[2], author_id=row[3])
