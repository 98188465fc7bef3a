"""Counts of posts and comments that are recounted from what they count, rather than added to."""

from collections.abc import Collection
from typing import Literal, Protocol

from feed_core.model.posts import PostCounts

Counted = Literal["like", "save", "share", "comment", "comment_like", "answer"]
"""What is counted: reactions and comments of a post; likes of a comment and answers to it."""


class PostCounters(Protocol):
    """Recounts may be repeated, come late and run side by side: the one that began last stays."""

    def recount_touched(self, counted: Counted, pairs: Collection[tuple[int, int]]) -> None:
        """Recount what changed: (id of the post or comment that has the count, user_id of the reaction or
        comment_id of the comment). Far less is read than by recounting the whole of a crowd."""

    def recount_posts(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        """Recount all of these posts' counts; answers what was added, by post, where they were off."""

    def recount_comments(self, comment_ids: Collection[int]) -> dict[int, PostCounts]:
        """As ``recount_posts`` for comments."""
