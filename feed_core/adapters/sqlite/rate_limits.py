"""Rate limits in SQLite: the time at which a key's uses are paid for."""

from collections.abc import Sequence

from feed_core.adapters.sqlite.database import Database
from feed_core.ports.rate_limits import Use

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rate_limits (key TEXT PRIMARY KEY, paid_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rate_limits_by_time ON rate_limits (paid_at);
"""


class SqliteRateLimits:
    """Implements ``ports.rate_limits.RateLimits``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def take(self, uses: Sequence[Use], now: int) -> list[int]:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM rate_limits WHERE paid_at <= ?", (now * 1_000,))
            return [self._take(use, now * 1_000) for use in uses]

    def _take(self, use: Use, now: int) -> int:
        rows = self._database.rows("SELECT paid_at FROM rate_limits WHERE key = ?", use.key)
        paid_at = max(rows[0][0] if rows else 0, now) + use.per_ms * 1_000 // use.times
        excess = paid_at - (now + use.per_ms * 1_000)
        if excess > 0:
            return -(-excess // 1_000)
        self._database.connection().execute(
            "INSERT OR REPLACE INTO rate_limits VALUES (?, ?)", (use.key, paid_at)
        )
        return 0
