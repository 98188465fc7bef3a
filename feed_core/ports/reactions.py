"""What people did to posts, once per (kind, user, post)."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, Protocol

ReactionKind = Literal["like", "save", "share", "hide", "report", "comment_like"]
"""For ``comment_like`` the id of the comment stands where else the post's does."""

NEWEST = ((1 << 63) - 1,) * 2


class Reaction(NamedTuple):
    """``user_id`` did something to ``post_id`` at ``at`` (ms)."""

    user_id: int
    post_id: int
    at: int


class Reactions(Protocol):
    """Reactions read from both ends."""

    def add(self, kind: ReactionKind, reactions: Sequence[Reaction]) -> list[bool]:
        """Store reactions; answers, per reaction, whether it is new."""

    def remove(self, kind: ReactionKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        """Remove by (user_id, post_id); answers, per pair, whether it was there."""

    def present(self, kind: ReactionKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of the (user_id, post_id) pairs that are there."""

    def among(self, kind: ReactionKind, user_id: int, post_ids: Collection[int]) -> set[int]:
        """Those of ``post_ids`` that the user has reacted to."""

    def by_user(
        self, kind: ReactionKind, user_id: int, limit: int, before: tuple[int, int] = NEWEST
    ) -> list[Reaction]:
        """The user's newest reactions with (at, post_id) below ``before``, newest first."""

    def of_post(self, kind: ReactionKind, post_id: int, after_user: int, limit: int) -> list[Reaction]:
        """A post's reactions in order of user id, those after ``after_user``."""

    def purge(self, post_ids: Collection[int]) -> None:
        """Remove every reaction of every kind to these posts (or comments)."""

    def count(self, kind: ReactionKind, post_ids: Collection[int]) -> dict[int, int]:
        """Recount from the reactions: what the denormalised counts should say."""
