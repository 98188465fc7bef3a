"""Ranked lists that are still being paged through, so that pages neither repeat nor skip a post."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.online.connections import Connections
from feed_core.model.clock import MINUTE
from feed_core.model.errors import Corrupt, InvalidInput
from ranking_service.memory.packing import pack, unpack
from ranking_service.pipeline.ranking import Page, Ranking

KEPT_MS = 30 * MINUTE


@dataclass(frozen=True)
class Snapshots:
    """Keeps a ranking for ``ttl_ms`` of the request's clock."""

    connections: Connections
    ttl_ms: int = KEPT_MS

    def get(self, snapshot_id: int, user_id: int, now: int) -> Ranking:
        """The list that a cursor goes on in; raises ``InvalidInput`` when its time is over, or when it is
        one that this release cannot read."""
        row = self.connections.here().execute(
            "SELECT body FROM snapshots WHERE snapshot_id = ? AND user_id = ? AND made_at BETWEEN ? AND ?",
            (snapshot_id, user_id, now - self.ttl_ms, now),
        ).fetchone()  # fmt: skip
        if (ranking := _ranking_in(row)) is None:
            raise InvalidInput("The cursor has expired.", fix="Start again without a cursor.")
        return ranking

    def newest(self, user_id: int, now: int) -> Ranking | None:
        """The person's last ranked list, if its time is not over and this release can read it."""
        row = self.connections.here().execute(
            "SELECT body FROM snapshots WHERE user_id = ? AND made_at BETWEEN ? AND ?"
            " ORDER BY made_at DESC, snapshot_id DESC LIMIT 1",
            (user_id, now - self.ttl_ms, now),
        ).fetchone()  # fmt: skip
        return _ranking_in(row)

    def keep(self, pages: Sequence[Page]) -> None:
        """Store the rankings that following pages need; forget those whose time is over."""
        rows = [
            (page.snapshot_id, page.query.user_id, page.query.now, pack(page.snapshot))
            for page in pages
            if page.snapshot is not None
        ]
        if not rows:
            return
        oldest = min(made_at for _, _, made_at, _ in rows) - self.ttl_ms
        with self.connections.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM snapshots WHERE made_at < ?", (oldest,))


def _ranking_in(row: tuple[bytes] | None) -> Ranking | None:
    """None without a row, and for a list that another release packed: a loss that costs repeats alone."""
    try:
        return None if row is None else unpack(row[0])
    except Corrupt:
        return None
