"""Sessions in SQLite."""

from collections.abc import Collection, Mapping

from feed_core.adapters.sqlite.database import Database
from feed_core.model.credentials import Session

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
  token_hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL, created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, device TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id, expires_at);
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
"""
_COLUMNS = "token_hash, user_id, created_at, expires_at, device"


class SqliteSessions:
    """Implements ``ports.sessions.Sessions``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, sessions: Mapping[bytes, Session]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR IGNORE INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                ((hash_, s.user_id, s.created_at, s.expires_at, s.device) for hash_, s in sessions.items()),
            )

    def get_many(self, token_hashes: Collection[bytes], now: int) -> dict[bytes, Session]:
        execute = self._database.connection().execute
        select = f"SELECT {_COLUMNS} FROM sessions WHERE token_hash = ? AND expires_at > ?"
        rows = [execute(select, (hash_, now)).fetchone() for hash_ in token_hashes]
        return {row[0]: _session(row) for row in rows if row}

    def of_user(self, user_id: int, now: int) -> dict[bytes, Session]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM sessions WHERE user_id = ? AND expires_at > ?", user_id, now
        )
        return {row[0]: _session(row) for row in rows}

    def remove(self, token_hashes: Collection[bytes]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM sessions WHERE token_hash = ?", ((h,) for h in token_hashes))

    def remove_of(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM sessions WHERE user_id = ?", ((id_,) for id_ in user_ids))

    def forget(self, now: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))


def _session(row: tuple[bytes, int, int, int, str]) -> Session:
    return Session(user_id=row[1], created_at=row[2], expires_at=row[3], device=row[4])
