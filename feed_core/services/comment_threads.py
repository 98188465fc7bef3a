"""Reading comments: those under a post, or the answers to one of them, as the reader may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Comment, CommentPage, PostCounts
from feed_core.model.rules import check_limit, check_optional_id
from feed_core.ports.comments import Comments
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.services.visibility import Visibility


@dataclass(frozen=True)
class CommentThreadService:
    """Strongly consistent; counts of likes and answers are eventually so.

    A reader (0: nobody in particular) misses the comments of people that either has blocked and of
    deleted accounts, so a page may be shorter than its limit.
    """

    comments: Comments
    posts: Posts
    reactions: Reactions
    visibility: Visibility

    def of_post(
        self, post_id: int, limit: int = 20, cursor: str = "", *, reader_id: int = 0,
        parent_id: int | None = None,
    ) -> CommentPage:  # fmt: skip
        """The post's comments, newest first: all, or the answers to ``parent_id`` (0: what starts threads).

        Raises ``NotFound`` for a post that the reader may not see, ``InvalidInput``.
        """
        check_limit(limit)
        check_optional_id(parent_id or 0, "parent comment id")
        self.visibility.require_post(reader_id, post_id)
        kind = "comments" if parent_id is None else f"answers:{parent_id}"
        before = decode_cursor(cursor, kind, post_id, 1)[0] if cursor else MAX_ID
        if parent_id is None:
            found = self.comments.of_post(post_id, before, limit + 1)
        else:
            found = self.comments.of_parent(post_id, parent_id, before, limit + 1)
        more = len(found) > limit
        next_cursor = encode_cursor(kind, post_id, found[limit - 1].comment_id) if more else ""
        return CommentPage(comments=self._seen(reader_id, found[:limit]), next_cursor=next_cursor)

    def counts_many(self, comment_ids: Collection[int]) -> dict[int, PostCounts]:
        """Likes, and answers (``comments``), of every comment that was asked for."""
        stored = self.posts.counts_many(comment_ids)
        return {id_: stored.get(id_) or PostCounts() for id_ in comment_ids}

    def liked(self, user_id: int, comment_ids: Collection[int]) -> set[int]:
        """Those that the user likes."""
        return self.reactions.among("comment_like", user_id, comment_ids) if user_id else set()

    def _seen(self, reader_id: int, comments: Sequence[Comment]) -> tuple[Comment, ...]:
        people = self.visibility.seen_people(reader_id, {comment.user_id for comment in comments})
        return tuple(comment for comment in comments if comment.user_id in people)
