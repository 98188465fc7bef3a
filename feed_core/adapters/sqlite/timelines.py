"""Materialised timelines in SQLite: a reader's rows lie together, newest last."""

from collections.abc import Collection, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.adapters.sqlite.user_posts import entry_of
from feed_core.model.timelines import Entry, Position
from feed_core.ports.timelines import Delivery

_SCHEMA = """
CREATE TABLE IF NOT EXISTS user_feed (
  reader_id INTEGER NOT NULL, delivered_at INTEGER NOT NULL, post_id INTEGER NOT NULL,
  via_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
  PRIMARY KEY (reader_id, delivered_at, post_id, via_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS user_feed_by_post ON user_feed (post_id, reader_id, via_id);
CREATE TABLE IF NOT EXISTS pulled_authors (via_id INTEGER PRIMARY KEY);
"""
_BELOW = """
SELECT delivered_at, post_id, via_id, author_id FROM user_feed
WHERE reader_id = ? AND delivered_at >= ? AND (delivered_at, post_id, via_id) < (?, ?, ?)
ORDER BY delivered_at DESC, post_id DESC, via_id DESC LIMIT ?
"""
_AT = """
SELECT delivered_at, post_id, via_id, author_id FROM user_feed INDEXED BY user_feed_by_post
WHERE reader_id = ? AND post_id IN (SELECT value FROM json_each(?))
"""


class SqliteTimelines:
    """Implements ``ports.timelines.Timelines``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO user_feed VALUES (?, ?, ?, ?, ?)",
                ((reader, e.delivered_at, e.post_id, e.via_id, e.author_id) for reader, e in deliveries),
            )

    def read(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        execute = self._database.connection().execute
        return [
            [entry_of(row) for row in execute(_BELOW, (reader_id, since, *before, limit))]
            for reader_id, before, limit in requests
        ]

    def of_posts(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Entry]]:
        by_reader: dict[int, list[int]] = {}
        for reader_id, post_id in pairs:
            by_reader.setdefault(reader_id, []).append(post_id)
        found: dict[tuple[int, int], list[Entry]] = {}
        for reader_id, post_ids in by_reader.items():
            for row in self._database.rows(_AT, reader_id, json_keys(post_ids)):
                found.setdefault((reader_id, row[1]), []).append(entry_of(row))
        return found

    def withdraw(self, pairs: Collection[tuple[int, int]]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM user_feed WHERE reader_id = ? AND via_id = ?", pairs)

    def withdraw_posts(self, post_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM user_feed WHERE post_id = ?", ((id_,) for id_ in post_ids))

    def forget(self, reader_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM user_feed WHERE reader_id = ?", ((id_,) for id_ in reader_ids)
            )

    def forget_before(self, at: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM user_feed WHERE delivered_at < ?", (at,))

    def pulled(self) -> set[int]:
        return {via_id for (via_id,) in self._database.rows("SELECT via_id FROM pulled_authors")}

    def set_pulled(self, via_ids: Collection[int], *, pulled: bool) -> None:
        change = (
            "INSERT OR IGNORE INTO pulled_authors VALUES (?)"
            if pulled
            else "DELETE FROM pulled_authors WHERE via_id = ?"
        )
        with self._database.transaction() as connection:
            connection.executemany(change, ((id_,) for id_ in via_ids))
