"""Posts, their counts, and each author's list of posts and shares."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from feed_core.model.posts import Post, PostCounts
from feed_core.model.timelines import Entry


class Posts(Protocol):
    """Posts by id, by author and by time."""

    def put(self, posts: Sequence[Post]) -> None:
        """Insert or replace posts by id."""

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        """Posts that exist, deleted ones too (``deleted`` says so)."""

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]: ...

    def add_to_counts(self, changes: Mapping[int, PostCounts]) -> None:
        """Add each field of the change to the post's counts."""

    def put_entries(self, entries: Sequence[Entry]) -> None:
        """Record what ``via_id`` posted or shared (``user_posts``); repeats change nothing."""

    def remove_entries(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Remove what ``via_id`` posted or shared, by (via_id, post_id)."""

    def entries_by(self, via_ids: Collection[int], since: int, limit: int) -> dict[int, list[Entry]]:
        """Per person the newest ``limit`` entries delivered at or after ``since`` (ms), newest first."""

    def newest(self, since: int, limit: int) -> list[Post]:
        """The newest posts of anyone, undeleted, created at or after ``since`` (ms)."""
