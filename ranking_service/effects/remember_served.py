"""Remembers what was shown, so that the next answer does not repeat it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ranking_service.memory.served import ServedPosts
from ranking_service.pipeline.ranking import Page


@dataclass(frozen=True)
class RememberServed:
    """Writes one row a page."""

    served: ServedPosts
    name: str = "served"

    def run(self, pages: Sequence[Page]) -> None:
        """Durable when it returns."""
        self.served.remember(pages)
