"""Keeps the ranked list while there is more of it to show, so that paging is stable."""

from collections.abc import Sequence
from dataclasses import dataclass

from ranking_service.memory.snapshots import Snapshots
from ranking_service.pipeline.ranking import Page


@dataclass(frozen=True)
class KeepSnapshots:
    """Writes the rankings that have a following page."""

    snapshots: Snapshots
    name: str = "snapshots"

    def run(self, pages: Sequence[Page]) -> None:
        """Durable when it returns."""
        self.snapshots.keep(pages)
