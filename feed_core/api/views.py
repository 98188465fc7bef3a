"""The records that answers are made of, shared by every page of posts."""

from typing import Generic, TypeVar

from pydantic import Field

from feed_core.api.fields import IdOut, Outgoing, TimeOut
from feed_core.model.posts import MediaType

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
    website: str
    avatar_url: str
    private: bool = Field(description="Whether following has to be asked for.")
    verified: bool
    created_at: TimeOut
    updated_at: TimeOut


class UserStatsView(Outgoing):
    """Counts of a user. Eventually consistent: they follow the event log."""

    followers: int
    following: int
    posts: int


class MediaView(Outgoing):
    """One photo or video, as its author's program described it; 0 and "" where it did not."""

    url: str
    media_type: MediaType
    width: int
    height: int
    duration_ms: int
    file_size: int = Field(description="Bytes.")
    format: str


class CountsView(Outgoing):
    """Counts of a post. Eventually consistent: they follow the event log."""

    likes: int = 0
    comments: int = 0
    shares: int = 0
    saves: int = 0


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
    parent_id: IdOut
    created_at: TimeOut
    likes: int = Field(0, description="Eventually consistent.")
    answers: int = Field(0, description="Eventually consistent.")
    liked: bool = Field(False, description="Whether the reader likes it; strongly consistent.")


class ReactionView(Outgoing):
    """Who reacted to which post, and when."""

    user_id: IdOut
    post_id: IdOut
    at: TimeOut


class Changed(Outgoing):
    """Answer to a write that sets or removes one thing."""

    changed: bool = Field(description="False when it was so already.")
