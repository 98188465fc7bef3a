"""Comment threads under posts."""

from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.model.posts import Comment


class Comments(Protocol):
    """Comments by id and by post."""

    def put(self, comments: Sequence[Comment]) -> None:
        """Insert or replace comments by id."""

    def get_many(self, comment_ids: Collection[int]) -> dict[int, Comment]: ...

    def of_post(self, post_id: int, before_id: int, limit: int) -> list[Comment]:
        """The post's comments with an id below ``before_id``, newest first, without deleted ones."""

    def of_parent(self, post_id: int, parent_id: int, before_id: int, limit: int) -> list[Comment]:
        """The undeleted answers to ``parent_id`` (0: those that start a thread) with an id below
        ``before_id``, newest first."""

    def of_user(self, user_id: int, before_id: int, limit: int) -> list[Comment]:
        """The user's undeleted comments with an id below ``before_id``, newest first."""

    def all_of_post(self, post_id: int, limit: int) -> list[int]:
        """Ids of the post's comments, deleted ones too, in any order."""

    def purge(self, comment_ids: Collection[int]) -> None:
        """Remove comments for good."""

    def count(self, post_ids: Collection[int]) -> dict[int, int]:
        """Recount the undeleted comments per post; posts without any are absent."""
