"""Ids of logged decisions in SQLite."""

from collections.abc import Collection, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys

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

    def logged(self, decision_ids: Collection[int]) -> set[int]:
        rows = self._database.rows(
            "SELECT decision_id FROM logged_decisions WHERE decision_id IN (SELECT value FROM json_each(?))",
            json_keys(decision_ids),
        )
        return {id_ for (id_,) in rows}
