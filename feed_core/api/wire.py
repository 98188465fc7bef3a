"""The busiest answer as it goes over the wire: ids as strings, times as RFC 3339. Encoded by msgspec, which
takes a fraction of the time of making and validating views; ``timelines.TimelineView`` describes it."""

from collections.abc import Mapping, Sequence

import msgspec

from feed_core.api.hydration import Drawn
from feed_core.model.clock import to_rfc3339
from feed_core.model.posts import MediaRef, Post, PostCounts
from feed_core.model.timelines import Entry
from feed_core.model.users import User


class UserOut(msgspec.Struct, frozen=True):
    """As ``views.UserView``."""

    user_id: str
    username: str
    full_name: str
    bio: str
    website: str
    avatar_url: str
    private: bool
    verified: bool
    created_at: str
    updated_at: str


class PostOut(msgspec.Struct, frozen=True):
    """As ``views.PostView``."""

    post_id: str
    author_id: str
    caption: str
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    place: str
    media: tuple[MediaRef, ...]
    created_at: str
    updated_at: str


class ItemOut(msgspec.Struct, frozen=True):
    """As ``timelines.TimelineItem``."""

    post: PostOut
    author: UserOut
    counts: PostCounts
    liked: bool
    position: int
    via_id: str
    delivered_at: str


class TimelineOut(msgspec.Struct, frozen=True):
    """As ``timelines.TimelineView``; ``items`` are in JSON already."""

    decision_id: str
    served_by: str
    items: msgspec.Raw
    next_cursor: str


encode = msgspec.json.Encoder().encode


def items_out(entries: Sequence[Entry], drawn: Mapping[int, Drawn], first: int) -> list[ItemOut]:
    """The entries whose posts are ``drawn``, at positions from ``first`` on."""
    authors: dict[int, UserOut] = {}
    items = []
    for position, entry in enumerate((entry for entry in entries if entry.post_id in drawn), first):
        post, author, counts, liked = drawn[entry.post_id]
        shown = authors.get(author.user_id) or authors.setdefault(author.user_id, _user(author))
        via, at = str(entry.via_id), to_rfc3339(entry.delivered_at)
        items.append(ItemOut(_post(post), shown, counts, liked, position, via, at))
    return items


def _user(user: User) -> UserOut:
    return UserOut(
        str(user.user_id), user.username, user.full_name, user.bio, user.website, user.avatar_url,
        user.private, user.verified, to_rfc3339(user.created_at), to_rfc3339(user.updated_at),
    )  # fmt: skip


def _post(post: Post) -> PostOut:
    return PostOut(
        str(post.post_id), str(post.author_id), post.caption, post.hashtags, tuple(map(str, post.mentions)),
        post.place, post.media, to_rfc3339(post.created_at), to_rfc3339(post.updated_at),
    )  # fmt: skip
