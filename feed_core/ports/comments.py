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

    def count(self, post_ids: Collection[int]) -> dict[int, int]:
        """Recount the undeleted comments per post; posts without any are absent."""
