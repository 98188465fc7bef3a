"""Last visits in SQLite."""

from collections.abc import Collection

from feed_core.adapters.sqlite.database import Database, json_keys

_SCHEMA = "CREATE TABLE IF NOT EXISTS activity (user_id INTEGER PRIMARY KEY, at INTEGER NOT NULL);"
_TOUCH = """
INSERT INTO activity VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET at = excluded.at
WHERE excluded.at > at
"""


class SqliteActivity:
    """Implements ``ports.activity.Activity``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def touch(self, user_ids: Collection[int], at: int) -> None:
        with self._database.transaction() as connection:
            connection.executemany(_TOUCH, ((user_id, at) for user_id in user_ids))

    def active(self, user_ids: Collection[int], since: int) -> set[int]:
        rows = self._database.rows(
            "SELECT user_id FROM activity WHERE at >= ? AND user_id IN (SELECT value FROM json_each(?))",
            since,
            json_keys(user_ids),
        )
        return {user_id for (user_id,) in rows}

    def remove(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM activity WHERE user_id = ?", ((id_,) for id_ in user_ids))
