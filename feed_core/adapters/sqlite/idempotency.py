"""First answers of writes in SQLite."""

from feed_core.adapters.sqlite.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency_keys (
  user_id INTEGER NOT NULL, key TEXT NOT NULL, answer BLOB NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_keys_by_expiry ON idempotency_keys (expires_at);
"""


class SqliteIdempotencyKeys:
    """Implements ``ports.idempotency.IdempotencyKeys``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def get(self, user_id: int, key: str, now: int) -> bytes | None:
        """An answer that has expired makes room when it is met."""
        rows = self._database.rows(
            "SELECT answer, expires_at FROM idempotency_keys WHERE user_id = ? AND key = ?", user_id, key
        )
        if rows and rows[0][1] <= now:
            with self._database.transaction() as connection:
                connection.execute(
                    "DELETE FROM idempotency_keys WHERE user_id = ? AND key = ?", (user_id, key)
                )
            return None
        return bytes(rows[0][0]) if rows else None

    def put(self, user_id: int, key: str, answer: bytes, expires_at: int) -> bytes:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO idempotency_keys VALUES (?, ?, ?, ?)",
                (user_id, key, answer, expires_at),
            )
            stored = self._database.rows(
                "SELECT answer FROM idempotency_keys WHERE user_id = ? AND key = ?", user_id, key
            )
            return bytes(stored[0][0])

    def forget(self, now: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM idempotency_keys WHERE expires_at <= ?", (now,))
