"""Materialised timelines: the rows that fan-out on write leaves in each reader's partition."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from feed_core.model.timelines import Entry, Position


class Delivery(NamedTuple):
    """One entry for one reader."""

    reader_id: int
    entry: Entry


class Timelines(Protocol):
    """``user_feed``: entries by reader, newest first."""

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Store entries; repeats change nothing."""

    def read(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        """Per (reader, before, limit) the newest entries delivered at or after ``since`` whose
        (delivered_at, post_id, via_id) is below ``before``, newest first, duplicates included."""

    def withdraw(self, pairs: Collection[tuple[int, int]]) -> None:
        """Remove from each (reader_id, via_id) all entries that came through ``via_id``."""

    def withdraw_posts(self, post_ids: Collection[int]) -> None:
        """Remove these posts from every reader's entries."""

    def of_posts(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Entry]]:
        """All entries of each (reader_id, post_id), in any order; pairs without any are absent."""

    def forget(self, reader_ids: Collection[int]) -> None:
        """Remove all entries of these readers."""

    def forget_before(self, at: int) -> None:
        """Let entries delivered before ``at`` (ms) go, where the store does not do so by itself."""

    def pulled(self) -> set[int]:
        """The people whose entries are not delivered but pulled when a reader comes."""

    def set_pulled(self, via_ids: Collection[int], *, pulled: bool) -> None:
        """Change who is pulled; repeats change nothing."""
