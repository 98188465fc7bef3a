"""What the ranking service is asked and what it answers."""

from typing import Literal

import msgspec

from feed_core.model.posts import Post, PostCounts
from feed_core.model.users import User

Rung = Literal["full", "light", "cached", "chronological"]
"""How good an answer could be made: every part worked; some part was left out; an earlier ranking;
newest first."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for ``limit`` posts for a person; ``cursor`` goes on where an earlier answer ended.

    ``now`` (ms) defaults to the core's clock. ``knobs`` multiply action weights of this request, 0 to 4.
    """

    user_id: int
    limit: int = 20
    cursor: str = ""
    now: int | None = None
    knobs: dict[str, float] = {}
    surface: str = "for_you"


class ActionPart(msgspec.Struct, frozen=True, kw_only=True):
    """One action's part of the value: contribution = probability × weight."""

    action: str
    probability: float
    weight: float
    contribution: float


class FeaturePart(msgspec.Struct, frozen=True, kw_only=True):
    """What one feature added to a rank score: the strength is the product of e^contribution.

    ``value`` is what was read, None when nothing is known; ``label`` is for people.
    """

    feature: str
    label: str
    value: float | None
    contribution: float


class RuleTouch(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that changed the score, and by which factor."""

    name: str
    factor: float


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a post stands where it stands.

    ``value`` is the sum of the actions' contributions, ``score`` the value after the rules; both are
    None when nothing was scored. ``position_before`` is the place by value alone among all candidates,
    ``position_after`` the place in the answer; both count from 0. A model that ranks without probabilities
    has no actions; ``features`` are those that spoke loudest for or against the post, the loudest first.
    """

    source: str
    position_before: int
    position_after: int
    value: float | None = None
    score: float | None = None
    actions: tuple[ActionPart, ...] = ()
    features: tuple[FeaturePart, ...] = ()
    rules: tuple[RuleTouch, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A post with all that a client needs to draw it, and why it is here."""

    position: int
    post: Post
    author: User
    counts: PostCounts
    liked: bool
    why: Why


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a ranked timeline.

    ``decision_id`` names it in every event it leads to, 0 when nothing was logged. ``next_cursor`` is
    "" on the last page. ``feature_age_ms`` is the age of the newest counted feature row that was read,
    None when none was.
    """

    user_id: int
    items: tuple[Item, ...]
    served_by: Rung
    decision_id: int
    next_cursor: str
    feature_age_ms: int | None
    model_version: str


class ScoredPost(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate of the caller with its value; None when nothing could be scored."""

    post_id: int
    score: float | None
    why: Why | None = None


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that may not be shown, and the rule that says so."""

    post_id: int
    reason: str


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's candidates in order of score, best first, and those that were dropped."""

    user_id: int
    items: tuple[ScoredPost, ...]
    dropped: tuple[Dropped, ...]
    served_by: Rung
    feature_age_ms: int | None
    model_version: str
