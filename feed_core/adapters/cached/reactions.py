"""Which posts a reader has liked, as a set in the shared cache; everything else is the store's own."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.cached.keys import LIKED, MAX_LIKED
from feed_core.adapters.cached.sets import CachedSets
from feed_core.ports.cache import Cache
from feed_core.ports.reactions import Reaction, ReactionKind, Reactions


class CachedReactions:
    """Implements ``ports.reactions.Reactions`` over ``reactions``.

    The sets of those who like more than ``MAX_LIKED`` posts are not cached. Purged posts stay in the sets of
    those who liked them for as long as these are held: a purged post is on no page, so nobody asks.
    """

    def __init__(self, reactions: Reactions, cache: Cache) -> None:
        self._reactions = reactions
        self._liked = CachedSets(LIKED, cache, self._load, MAX_LIKED)

    def among(self, kind: ReactionKind, user_id: int, post_ids: Collection[int]) -> set[int]:
        if kind != "like" or not post_ids:
            return self._reactions.among(kind, user_id, post_ids)
        liked = self._liked.get_many([user_id]).get(user_id, [])
        if len(liked) > MAX_LIKED:
            return self._reactions.among(kind, user_id, post_ids)
        return set(post_ids).intersection(liked)

    def add(self, kind: ReactionKind, reactions: Sequence[Reaction]) -> list[bool]:
        added: dict[int, set[int]] = {}
        for user_id, post_id, _ in reactions:
            added.setdefault(user_id, set()).add(post_id)
        try:
            answers = self._reactions.add(kind, reactions)
        except BaseException:
            self._forget(kind, added)
            raise
        if kind == "like":
            self._liked.add(added)
        return answers

    def remove(self, kind: ReactionKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        try:
            return self._reactions.remove(kind, pairs)
        finally:
            self._forget(kind, {user_id for user_id, _ in pairs})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactions, name)

    def _load(self, user_ids: list[int]) -> dict[int, set[int]]:
        """One more than is cached where there are more: such a set is not kept."""
        return {
            user_id: {post_id for _, post_id, _ in self._reactions.by_user("like", user_id, MAX_LIKED + 1)}
            for user_id in user_ids
        }

    def _forget(self, kind: ReactionKind, user_ids: Collection[int]) -> None:
        if kind == "like":
            self._liked.forget(user_ids)
