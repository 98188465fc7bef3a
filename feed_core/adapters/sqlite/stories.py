"""Stories and their views in SQLite."""

from collections.abc import Collection, Sequence

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.stories import Story, StoryView

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stories (
  user_id INTEGER NOT NULL, created_at INTEGER NOT NULL, story_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (user_id, created_at, story_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stories_by_expiry ON stories (expires_at);
CREATE TABLE IF NOT EXISTS story_views (
  story_id INTEGER NOT NULL, viewer_id INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (story_id, viewer_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS story_views_by_expiry ON story_views (expires_at);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Story).decode


class SqliteStories:
    """Implements ``ports.stories.Stories``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, stories: Sequence[Story]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO stories VALUES (?, ?, ?, ?, ?)",
                ((s.user_id, s.created_at, s.story_id, s.expires_at, _encode(s)) for s in stories),
            )

    def active(self, user_ids: Collection[int], now: int) -> dict[int, list[Story]]:
        rows = self._database.rows(
            "SELECT body FROM stories WHERE user_id IN (SELECT value FROM json_each(?)) AND expires_at > ?"
            " ORDER BY user_id, created_at, story_id",
            json_keys(user_ids),
            now,
        )
        found: dict[int, list[Story]] = {}
        for story in (_decode(body) for (body,) in rows):
            found.setdefault(story.user_id, []).append(story)
        return found

    def remove(self, pairs: Collection[tuple[int, int]]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM stories WHERE user_id = ? AND story_id = ?", pairs)
            connection.executemany("DELETE FROM story_views WHERE story_id = ?", ((s,) for _, s in pairs))

    def add_views(self, views: Sequence[StoryView]) -> list[bool]:
        with self._database.transaction() as connection:
            insert = "INSERT OR IGNORE INTO story_views VALUES (?, ?, ?, ?)"
            rows = ((v.story_id, v.viewer_id, v.at, v.expires_at) for v in views)
            return [connection.execute(insert, row).rowcount == 1 for row in rows]

    def views(self, story_id: int, after_viewer: int, limit: int, now: int) -> list[StoryView]:
        rows = self._database.rows(
            "SELECT story_id, viewer_id, at, expires_at FROM story_views"
            " WHERE story_id = ? AND viewer_id > ? AND expires_at > ? ORDER BY viewer_id LIMIT ?",
            story_id,
            after_viewer,
            now,
            limit,
        )
        return [StoryView(story_id=r[0], viewer_id=r[1], at=r[2], expires_at=r[3]) for r in rows]

    def count_views(self, story_ids: Collection[int], now: int) -> dict[int, int]:
        rows = self._database.rows(
            "SELECT story_id, count(*) FROM story_views WHERE expires_at > ?"
            " AND story_id IN (SELECT value FROM json_each(?)) GROUP BY story_id",
            now,
            json_keys(story_ids),
        )
        return dict(rows)

    def viewed(self, viewer_id: int, story_ids: Collection[int], now: int) -> set[int]:
        rows = self._database.rows(
            "SELECT story_id FROM story_views WHERE viewer_id = ? AND expires_at > ?"
            " AND story_id IN (SELECT value FROM json_each(?))",
            viewer_id,
            now,
            json_keys(story_ids),
        )
        return {story_id for (story_id,) in rows}

    def forget(self, now: int) -> None:
        with self._database.transaction() as connection:
            for table in ("stories", "story_views"):
                connection.execute(f"DELETE FROM {table} WHERE expires_at <= ?", (now,))
