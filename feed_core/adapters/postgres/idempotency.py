"""First answers of writes in Postgres, with the user whose writes they are."""

from typing import Any

from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards


class PostgresIdempotencyKeys:
    """Implements ``ports.idempotency.IdempotencyKeys``."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def get(self, user_id: int, key: str, now: int) -> bytes | None:
        """An answer that has expired makes room when it is met, so that no write need look for others."""
        shard = self._shards.of_user(user_id)
        rows = self._shards.read(
            shard,
            "SELECT answer, expires_at FROM {s}.idempotency_keys WHERE user_id = %s AND key = %s",
            user_id,
            key,
        )
        if rows and rows[0][1] <= now:
            expired = "DELETE FROM {s}.idempotency_keys WHERE user_id = %s AND key = %s AND expires_at <= %s"
            self._shards.write(shard, lambda cursor, _: cursor.execute(expired, (user_id, key, now)))
            return None
        return bytes(rows[0][0]) if rows else None

    def put(self, user_id: int, key: str, answer: bytes, expires_at: int) -> bytes:
        def act(cursor: ShardCursor, _: int) -> Answer:
            cursor.execute(
                "INSERT INTO {s}.idempotency_keys VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (user_id, key, answer, expires_at),
            )
            return cursor.execute(
                "SELECT answer FROM {s}.idempotency_keys WHERE user_id = %s AND key = %s", (user_id, key)
            )

        row: Any = self._shards.write(self._shards.of_user(user_id), act).fetchone()
        return bytes(row[0])

    def forget(self, now: int) -> None:
        self._shards.write_each(
            self._shards.all(),
            lambda cursor, _: cursor.execute(
                "DELETE FROM {s}.idempotency_keys WHERE expires_at <= %s", (now,)
            ),
        )
