"""Posts, their counts, and each author's list of posts and shares."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from feed_core.model.posts import Post, PostCounts, PostKey
from feed_core.model.timelines import Entry, Position


class Posts(Protocol):
    """Posts by id, by author and by time."""

    def put(self, posts: Sequence[Post]) -> None:
        """Insert or replace posts by id. In a transaction, what replaces a post was ``updated_at`` later than
        it was created."""

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        """Posts that exist, deleted ones too (``deleted`` says so)."""

    def shown_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        """As ``get_many``, for showing and not for deciding: what another process wrote within the last
        minute may be missing."""

    def deleted_among(self, post_ids: Collection[int]) -> set[int]:
        """Those of ``post_ids`` that were deleted."""

    def authors_of(self, post_ids: Collection[int]) -> dict[int, int]:
        """The author of each post that exists and is not deleted."""

    def by_author(self, author_id: int, before: tuple[int, int], limit: int) -> list[Post]:
        """The author's undeleted posts with (created_at, post_id) below ``before``, newest first."""

    def by_place(self, place: str, before: tuple[int, int], limit: int) -> list[Post]:
        """The undeleted posts at ``place`` (not "") with (created_at, post_id) below ``before``, newest
        first."""

    def page(self, after_id: int, limit: int) -> list[Post]:
        """Posts in an order of the store's own, those after the post ``after_id`` (0: from the start),
        deleted ones too. In order of id a store that spreads by a hash would have to read them all first."""

    def count_by(self, author_ids: Collection[int]) -> dict[int, int]:
        """Recount each author's undeleted posts; authors without any are absent."""

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        """Counts by the id of a post, or of a comment (its likes, and its replies as ``comments``)."""

    def add_to_counts(self, changes: Mapping[int, PostCounts]) -> None:
        """Add each field of the change to the counts of the post or comment."""

    def deleted_by(self, author_id: int, limit: int) -> list[Post]:
        """The author's deleted posts, deleted (``updated_at``) last first."""

    def deleted_before(self, before: int, limit: int) -> list[Post]:
        """Posts that were deleted (``updated_at``) before ``before`` (ms), those deleted first first."""

    def purge(self, post_ids: Collection[int]) -> None:
        """Remove posts, their counts and their entries for good; counts of comments by their ids too."""

    def put_entries(self, entries: Sequence[Entry]) -> None:
        """Record what ``via_id`` posted or shared (``user_posts``); one entry per
        (via_id, post_id), the first; repeats change nothing."""

    def put_first_entries(self, entries: Sequence[Entry]) -> None:
        """As ``put_entries``, for those with which posts begin: nobody has any of these posts yet, so there
        is nothing to look at before."""

    def entries_of(self, post_ids: Collection[int]) -> list[Entry]:
        """All entries of these posts, whoever posted or shared them, in any order."""

    def withdraw_entries(self, pairs: Collection[tuple[int, int]]) -> None:
        """Remove the entries of those (via_id, post_id) pairs."""

    def remove_entries(self, post_ids: Collection[int]) -> None:
        """Remove these posts from what anyone posted or shared."""

    def entries_below(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        """Per (via_id, before, limit) the newest entries delivered at or after ``since`` whose
        (delivered_at, post_id, via_id) is below ``before``, newest first."""

    def entries_at(self, pairs: Collection[tuple[int, int]]) -> list[Entry]:
        """The entries of those (via_id, post_id) pairs that are there."""

    def entries_by(self, via_ids: Collection[int], since: int, limit: int) -> dict[int, list[Entry]]:
        """Per person the newest ``limit`` entries delivered at or after ``since`` (ms), newest first."""

    def newest(self, since: int, limit: int) -> list[PostKey]:
        """The newest posts of anyone, undeleted, created at or after ``since`` (ms), newest first."""
