"""What other regions counted of posts; their own counts lie with ``ports.posts``."""

from collections.abc import Collection, Mapping
from typing import Protocol

from feed_core.model.conflicts.counts import Counted


class RegionCounts(Protocol):
    """Per post and region the counts that the region told last."""

    def get_many(self, post_ids: Collection[int]) -> dict[int, Counted]:
        """Posts of which no region told anything are absent."""

    def put(self, counts: Mapping[int, Counted]) -> None:
        """Bring together with what is there, as ``merged_counts`` does: repeats and late ones do no harm."""

    def remove(self, post_ids: Collection[int]) -> None:
        """Forget what was told of these posts."""
