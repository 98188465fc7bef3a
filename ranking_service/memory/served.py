"""Which posts a person was shown lately: one small row a page, ids packed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.online.connections import Connections
from feed_core.model.clock import DAY
from ranking_service.pipeline.pool import Ids
from ranking_service.pipeline.ranking import Page

REMEMBERED_MS = 7 * DAY


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

    def remember(self, pages: Sequence[Page]) -> None:
        """Add what the pages show, and forget what is past its time for these people."""
        rows = [
            (p.query.user_id, p.query.now, p.decision_id, p.shown.pool.post_ids.astype("<i8").tobytes())
            for p in pages
        ]
        old = [(page.query.user_id, page.query.now - self.ttl_ms) for page in pages]
        with self.connections.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO served VALUES (?, ?, ?, ?)", rows)
            connection.executemany("DELETE FROM served WHERE user_id = ? AND at <= ?", old)
