"""Given-out stretches of time in an SQLite file of their own, as intervals that grow together.

A file of its own, because an id that was made stays made when the write it was for rolls back.
"""

from feed_core.adapters.sqlite.database import Database

WIDTH_MS = 100
_NEVER = (1 << 63) - 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS id_times (start_ms INTEGER PRIMARY KEY, end_ms INTEGER NOT NULL);
"""


class SqliteIdTimes:
    """Implements ``ports.id_times.IdTimes``; an import of old history finds old times still free."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def reserve(self, from_ms: int) -> tuple[int, int]:
        with self._database.transaction() as connection:
            held = self._database.rows(
                "SELECT start_ms, end_ms FROM id_times WHERE start_ms <= ? ORDER BY start_ms DESC LIMIT 1",
                from_ms,
            )
            first, start = held[0] if held and held[0][1] >= from_ms else (from_ms, from_ms)
            following = self._database.rows(
                "SELECT start_ms, end_ms FROM id_times WHERE start_ms > ? ORDER BY start_ms LIMIT 1", start
            )
            next_start, next_end = following[0] if following else (_NEVER, _NEVER)
            end = min(start + WIDTH_MS, next_start)
            if end == next_start:
                connection.execute("DELETE FROM id_times WHERE start_ms = ?", (next_start,))
            known_end = next_end if end == next_start else end
            connection.execute("INSERT OR REPLACE INTO id_times VALUES (?, ?)", (first, known_end))
            return start, end
