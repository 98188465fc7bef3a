"""Given-out stretches of time on cluster 0, as intervals that grow together."""

from typing import Any

from feed_core.adapters.postgres.clusters import Clusters

WIDTH_MS = 100
_NEVER = (1 << 63) - 1


class PostgresIdTimes:
    """Implements ``ports.id_times.IdTimes``."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters

    def reserve(self, from_ms: int) -> tuple[int, int]:
        with self._clusters.connection(0) as connection, connection.transaction():
            connection.execute("LOCK TABLE id_times IN EXCLUSIVE MODE")
            held: list[Any] = connection.execute(
                "SELECT start_ms, end_ms FROM id_times WHERE start_ms <= %s ORDER BY start_ms DESC LIMIT 1",
                (from_ms,),
            ).fetchall()
            first, start = held[0] if held and held[0][1] >= from_ms else (from_ms, from_ms)
            following: list[Any] = connection.execute(
                "SELECT start_ms, end_ms FROM id_times WHERE start_ms > %s ORDER BY start_ms LIMIT 1",
                (start,),
            ).fetchall()
            next_start, next_end = following[0] if following else (_NEVER, _NEVER)
            end = min(start + WIDTH_MS, next_start)
            known_end = next_end if end == next_start else end
            connection.execute(
                "DELETE FROM id_times WHERE start_ms = %s AND %s", (next_start, end == next_start)
            )
            connection.execute(
                "INSERT INTO id_times VALUES (%s, %s)"
                " ON CONFLICT (start_ms) DO UPDATE SET end_ms = excluded.end_ms",
                (first, known_end),
            )
            return start, end
