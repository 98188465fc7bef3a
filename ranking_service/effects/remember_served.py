"""Remembers what was shown, so that the next answer does not repeat it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ranking_service.memory.served import ServedPosts, ServedRow
from ranking_service.pipeline.ranking import Page


@dataclass(frozen=True)
class RememberServed:
    """Writes one row a page."""

    served: ServedPosts
    name: str = "served"

    def run(self, pages: Sequence[Page]) -> None:
        """Durable when it returns."""
        self.served.add([_row(page) for page in pages])


def _row(page: Page) -> ServedRow:
    return ServedRow(page.query.user_id, page.query.now, page.decision_id, page.shown.pool.post_ids.tolist())
