"""Answers as they go over the wire: ids as strings, times as RFC 3339. Encoded by msgspec, which takes a
fraction of the time of validating models."""

from typing import Any

import msgspec
from fastapi import Response

from feed_core.model.clock import to_rfc3339
from feed_core.model.posts import MediaRef, MediaType, PostCounts
from feed_core.model.users import User, UserStats
from ranking_service.records import Answer, Dropped, Item, Rung, Scores, Why


class AuthorOut(msgspec.Struct, frozen=True):
    """Who wrote a post."""

    user_id: str
    username: str
    full_name: str


class PostOut(msgspec.Struct, frozen=True, kw_only=True):
    """A post with all that a client needs to draw it; ``media_type`` is that of its first media."""

    post_id: str
    author: AuthorOut
    caption: str
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    place: str
    media: tuple[MediaRef, ...]
    media_type: MediaType
    created_at: str
    counts: PostCounts
    liked: bool


class ItemOut(msgspec.Struct, frozen=True):
    """A post, its place, and why it stands there."""

    position: int
    post: PostOut
    why: Why


class FeedOut(msgspec.Struct, frozen=True, kw_only=True):
    """One page. Send ``decision_id`` back with whatever happens on it; "0" when nothing was logged."""

    user_id: str
    decision_id: str
    served_by: Rung
    model_version: str
    feature_age_ms: int | None
    items: tuple[ItemOut, ...]
    next_cursor: str


class PersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """A person with counts."""

    user_id: str
    username: str
    full_name: str
    followers: int
    following: int
    posts: int


class CompareOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person's newest posts and the ranked ones. Nothing of it is logged."""

    user: PersonOut
    now: str
    served_by: Rung
    model_version: str
    feature_age_ms: int | None
    chronological: tuple[ItemOut, ...]
    ranked: tuple[ItemOut, ...]


class ScoreOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """One candidate; ``score`` is null when nothing could be scored (then newest come first)."""

    post_id: str
    score: float | None
    why: Why | None = None


class DroppedOut(msgspec.Struct, frozen=True):
    """A candidate that may not be shown, and why."""

    post_id: str
    reason: str


class ScoresOut(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates, best first."""

    user_id: str
    served_by: Rung
    model_version: str
    feature_age_ms: int | None
    items: tuple[ScoreOut, ...]
    dropped: tuple[DroppedOut, ...]


_encode = msgspec.json.Encoder().encode


def answer(content: Any) -> Response:
    """``content`` as a JSON response."""
    return Response(_encode(content), media_type="application/json")


def feed_out(page: Answer) -> FeedOut:
    """The wire form of an answer."""
    return FeedOut(
        user_id=str(page.user_id), decision_id=str(page.decision_id), served_by=page.served_by,
        model_version=page.model_version, feature_age_ms=page.feature_age_ms, items=items_out(page),
        next_cursor=page.next_cursor,
    )  # fmt: skip


def items_out(page: Answer) -> tuple[ItemOut, ...]:
    """The posts of an answer."""
    return tuple(ItemOut(item.position, _post_out(item), item.why) for item in page.items)


def scores_out(scores: Scores) -> ScoresOut:
    """The wire form of scored candidates."""
    return ScoresOut(
        user_id=str(scores.user_id), served_by=scores.served_by, model_version=scores.model_version,
        feature_age_ms=scores.feature_age_ms,
        items=tuple(ScoreOut(str(item.post_id), item.score, item.why) for item in scores.items),
        dropped=tuple(_dropped_out(drop) for drop in scores.dropped),
    )  # fmt: skip


def person_out(user: User, stats: UserStats) -> PersonOut:
    """The wire form of a person."""
    return PersonOut(
        user_id=str(user.user_id), username=user.username, full_name=user.full_name,
        followers=stats.followers, following=stats.following, posts=stats.posts,
    )  # fmt: skip


def _post_out(item: Item) -> PostOut:
    post, author = item.post, item.author
    return PostOut(
        post_id=str(post.post_id),
        author=AuthorOut(str(author.user_id), author.username, author.full_name),
        caption=post.caption,
        hashtags=post.hashtags,
        mentions=tuple(map(str, post.mentions)),
        place=post.place,
        media=post.media,
        media_type=post.media[0].media_type if post.media else "photo",
        created_at=to_rfc3339(post.created_at),
        counts=item.counts,
        liked=item.liked,
    )


def _dropped_out(drop: Dropped) -> DroppedOut:
    return DroppedOut(str(drop.post_id), drop.reason)
