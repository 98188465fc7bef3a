"""What happened: engagement events and decisions, as they lie in the event log and the lake."""

from typing import Literal, get_args

import msgspec

Action = Literal[
    "impression", "dwell", "like", "unlike", "comment", "share", "save", "unsave", "hide", "report",
    "follow", "unfollow", "block", "unblock", "mute", "unmute",
    "request", "unrequest", "accept",
]  # fmt: skip
ACTIONS: tuple[str, ...] = get_args(Action)
CLIENT_ACTIONS = frozenset({"dwell", "like", "unlike", "share", "save", "unsave", "hide", "report"})
"""What a client may send by itself; impressions are logged by the service that served them."""

Topic = Literal["engagement", "graph", "posts", "comments", "decisions", "media", "dead"]
TOPICS: tuple[Topic, ...] = get_args(Topic)


class Event(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One action of one user. ``value`` is the dwell in ms for ``dwell``, else 0.

    ``post_id`` is 0 for actions on a person; ``author_id`` is the post's author or that person.
    ``position`` counts from 0, -1 when unknown; ``decision_id`` 0 means no decision led to it.
    """

    event_id: int
    occurred_at: int
    arrived_at: int
    user_id: int
    post_id: int
    author_id: int
    action: Action
    surface: str = ""
    position: int = -1
    decision_id: int = 0
    value: float = 0.0


CommentAction = Literal["comment", "delete", "like", "unlike"]


class CommentEvent(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What ``user_id`` did about a comment; the store says how the comment is now."""

    event_id: int
    occurred_at: int
    user_id: int
    post_id: int
    comment_id: int
    action: CommentAction


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a client reports about a post; the service adds id, author and arrival.

    ``occurred_at`` (ms) defaults to the clock and may not lie in the future.
    """

    user_id: int
    post_id: int
    action: Action
    surface: str = "timeline"
    position: int = -1
    decision_id: int = 0
    value: float = 0.0
    occurred_at: int | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What was shown to whom, where, why, and with which feature values.

    ``features`` holds float32 rows, C order, ``len(post_ids)`` × the bundle's feature count, or is
    empty when no features were read; ``definitions_hash`` says which columns they are.
    """

    decision_id: int
    occurred_at: int
    user_id: int
    surface: str
    served_by: str
    model_version: str
    definitions_hash: str
    post_ids: tuple[int, ...]
    author_ids: tuple[int, ...]
    positions: tuple[int, ...]
    sources: tuple[str, ...]
    scores: tuple[float, ...] = ()
    propensities: tuple[float, ...] = ()
    features: bytes = b""
