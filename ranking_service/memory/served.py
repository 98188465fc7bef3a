"""Which posts a person was shown lately: one small row a page, ids packed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from features.online.connections import Connections
from feed_core.model.clock import DAY
from ranking_service.pipeline.pool import Ids

REMEMBERED_MS = 7 * DAY


class ServedRow(NamedTuple):
    """``post_ids`` were shown to the person at ``at`` (ms) by one decision."""

    user_id: int
    at: int
    decision_id: int
    post_ids: Sequence[int]


@dataclass(frozen=True)
class ServedPosts:
    """Remembers for ``ttl_ms`` of the request's clock."""

    connections: Connections
    ttl_ms: int = REMEMBERED_MS

    def since(self, user_id: int, now: int) -> Ids:
        """Post ids served to the person within the TTL before ``now``, int64, ascending."""
        rows = self.connections.here().execute(
            "SELECT post_ids FROM served WHERE user_id = ? AND at > ? AND at <= ?",
            (user_id, now - self.ttl_ms, now),
        )
        return np.unique(np.frombuffer(b"".join(blob for (blob,) in rows), "<i8").astype(np.int64))

    def add(self, rows: Sequence[ServedRow]) -> None:
        """Add what was shown, and forget what is past its time for these people. Repeats change nothing."""
        packed = [
            (row.user_id, row.at, row.decision_id, np.array(row.post_ids, "<i8").tobytes()) for row in rows
        ]
        with self.connections.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO served VALUES (?, ?, ?, ?)", packed)
            connection.executemany(
                "DELETE FROM served WHERE user_id = ? AND at <= ?",
                [(row.user_id, row.at - self.ttl_ms) for row in rows],
            )
