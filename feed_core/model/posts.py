"""A post, its media references, and its denormalised counts."""

from typing import Literal, NamedTuple

import msgspec

MediaType = Literal["photo", "video"]


class MediaRef(msgspec.Struct, frozen=True, kw_only=True):
    """Where one photo or video lies, and what its author's program said about it.

    Sizes in pixels and bytes, 0 when unknown; ``duration_ms`` is 0 for photos; ``format`` such as "jpeg".
    """

    url: str
    media_type: MediaType = "photo"
    width: int = 0
    height: int = 0
    duration_ms: int = 0
    file_size: int = 0
    format: str = ""


class NewPost(msgspec.Struct, frozen=True, kw_only=True):
    """What an author sends. Hashtags and mentions in the caption are added to the lists."""

    author_id: int
    caption: str = ""
    hashtags: tuple[str, ...] = ()
    mentions: tuple[int, ...] = ()
    place: str = ""
    media: tuple[MediaRef, ...] = ()
    created_at: int | None = None


class PostEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What an author changes; None stays as it is. A new caption brings its own hashtags and mentions."""

    author_id: int
    post_id: int
    caption: str | None = None
    hashtags: tuple[str, ...] | None = None
    place: str | None = None


class PostKey(NamedTuple):
    """What never changes of a post: its author, and when it was made (ms)."""

    post_id: int
    author_id: int
    created_at: int


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``posts``. Hashtags are lower case and NFC without ``#``; times are ms since 1970 UTC.

    ``restored`` is set in the log alone, by the record of a deletion that is taken back.
    """

    post_id: int
    author_id: int
    caption: str
    hashtags: tuple[str, ...]
    mentions: tuple[int, ...]
    place: str
    media: tuple[MediaRef, ...]
    created_at: int
    updated_at: int
    deleted: bool = False
    restored: bool = False


class PostCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Denormalised counts of one post; a like counts once per (user, post)."""

    likes: int = 0
    comments: int = 0
    shares: int = 0
    saves: int = 0


class PostPage(msgspec.Struct, frozen=True, kw_only=True):
    """Posts, newest first; ``next_cursor`` is "" on the last page."""

    posts: tuple[Post, ...]
    next_cursor: str = ""


class NewComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment to be written; ``parent_id`` 0 starts a thread."""

    post_id: int
    user_id: int
    text: str
    parent_id: int = 0
    decision_id: int = 0
    position: int = -1
    surface: str = "post"


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``comments``."""

    comment_id: int
    post_id: int
    user_id: int
    text: str
    parent_id: int
    created_at: int
    deleted: bool = False


class CommentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Comments, newest first; ``next_cursor`` is "" on the last page."""

    comments: tuple[Comment, ...]
    next_cursor: str = ""
