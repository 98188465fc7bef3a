"""The records that answers are made of, shared by every page of posts."""

from typing import Generic, TypeVar

from pydantic import Field

from feed_core.api.fields import IdOut, Outgoing, TimeOut
from feed_core.model.posts import Comment, MediaRef, MediaType, Post, PostCounts
from feed_core.model.users import User

Item = TypeVar("Item")


class PageView(Outgoing, Generic[Item]):
    """One page of a list; ``next_cursor`` is "" on the last page."""

    items: list[Item]
    next_cursor: str = Field("", description='Pass as `cursor` to go on; "" on the last page.')


class UserView(Outgoing):
    """A user. Strongly consistent: what was written is read back at once."""

    user_id: IdOut
    username: str = Field(examples=["ada"])
    full_name: str
    bio: str
    created_at: TimeOut
    updated_at: TimeOut

    @classmethod
    def of(cls, user: User) -> "UserView":
        """The view of a core record."""
        return cls.model_validate(user)


class UserStatsView(Outgoing):
    """Counts of a user. Eventually consistent: they follow the event log."""

    followers: int
    following: int
    posts: int


class MediaView(Outgoing):
    """One photo or video of a post."""

    url: str
    media_type: MediaType
    width: int
    height: int
    duration_ms: int

    @classmethod
    def of(cls, media: MediaRef) -> "MediaView":
        """The view of a core record."""
        return cls.model_validate(media)


class CountsView(Outgoing):
    """Counts of a post. Eventually consistent: they follow the event log."""

    likes: int = 0
    comments: int = 0
    shares: int = 0
    saves: int = 0

    @classmethod
    def of(cls, counts: PostCounts | None) -> "CountsView":
        """The view of a core record; zeros when there is none."""
        return cls() if counts is None else cls.model_validate(counts)


class PostView(Outgoing):
    """A post. Hashtags are lower case without ``#``."""

    post_id: IdOut
    author_id: IdOut
    caption: str
    hashtags: list[str]
    mentions: list[IdOut]
    place: str
    media: list[MediaView]
    created_at: TimeOut
    updated_at: TimeOut

    @classmethod
    def of(cls, post: Post) -> "PostView":
        """The view of a core record."""
        return cls.model_validate(post)


class ShownPost(Outgoing):
    """A post with all that a client needs to draw it."""

    post: PostView
    author: UserView
    counts: CountsView
    liked: bool = Field(description="Whether the reader likes it; strongly consistent.")


class CommentView(Outgoing):
    """A comment; ``parent_id`` "0" starts a thread."""

    comment_id: IdOut
    post_id: IdOut
    user_id: IdOut
    text: str
    parent_id: str
    created_at: TimeOut

    @classmethod
    def of(cls, comment: Comment) -> "CommentView":
        """The view of a core record."""
        return cls(
            comment_id=comment.comment_id, post_id=comment.post_id, user_id=comment.user_id,
            text=comment.text, parent_id=str(comment.parent_id), created_at=comment.created_at,
        )  # fmt: skip


class ReactionView(Outgoing):
    """Who reacted to which post, and when."""

    user_id: IdOut
    post_id: IdOut
    at: TimeOut


class Changed(Outgoing):
    """Answer to a write that sets or removes one thing."""

    changed: bool = Field(description="False when it was so already.")
