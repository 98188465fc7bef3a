"""The newest posts of whom one has just followed, in one's timeline before fan-out has come to it."""

from collections.abc import Collection
from dataclasses import dataclass

from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import TimelineMode
from feed_core.ports.posts import Posts
from feed_core.ports.timelines import Delivery, Timelines

NEWEST_OF_EACH = 100
"""Enough for the first pages: the rest is there when a reader gets so far."""


@dataclass(frozen=True)
class Backfill:
    """Writes rows that fan-out writes again. A row of a follow that has ended since is shown to nobody."""

    timelines: Timelines
    posts: Posts
    clock: Clock
    mode: TimelineMode
    horizon_ms: int

    def follow(self, pairs: Collection[tuple[int, int]]) -> None:
        """After (reader, followed) pairs have begun. The follows stand: what a store that is away lacks now
        comes with fan-out."""
        if self.mode == "pull":
            return
        try:
            self._deliver(pairs)
        except Unavailable:
            return

    def _deliver(self, pairs: Collection[tuple[int, int]]) -> None:
        pushed = {via for _, via in pairs} - self.timelines.pulled()
        entries = self.posts.entries_by(pushed, self.clock.now() - self.horizon_ms, NEWEST_OF_EACH)
        self.timelines.deliver([Delivery(reader, e) for reader, via in pairs for e in entries.get(via, ())])
