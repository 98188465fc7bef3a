"""Ids of logged decisions in SQLite."""

from collections.abc import Sequence

from feed_core.adapters.sqlite.database import Database

_SCHEMA = "CREATE TABLE IF NOT EXISTS logged_decisions (decision_id INTEGER PRIMARY KEY);"


class SqliteDecisions:
    """Implements ``ports.decisions.Decisions``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def add(self, decision_ids: Sequence[int]) -> list[bool]:
        with self._database.transaction() as connection:
            insert = "INSERT OR IGNORE INTO logged_decisions VALUES (?)"
            return [connection.execute(insert, (id_,)).rowcount == 1 for id_ in decision_ids]
