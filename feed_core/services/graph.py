"""Following, blocking and muting. A block ends the follows in both directions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feed_core.model.errors import Forbidden, InvalidInput
from feed_core.model.rules import check_length, check_optional_id
from feed_core.ports.accounts import Accounts
from feed_core.ports.graph import Around, EdgeKind, Graph
from feed_core.ports.transactions import Transactions
from feed_core.services.edges import NOWHERE, Edges, Origins, Pair
from feed_core.services.event_rules import MAX_SURFACE
from feed_core.services.presence import require_users

_BLOCKS: tuple[EdgeKind, ...] = ("block",)
_APART: tuple[EdgeKind, ...] = ("block", "mute")


class Followed(NamedTuple):
    """Whether a follow, or else what was ``asked`` of a private account, is new."""

    new: bool
    asked: bool


class Circle(NamedTuple):
    """Whom someone follows, in order of id, and whom that person may not see."""

    following: list[int]
    hidden: set[int]


@dataclass(frozen=True)
class GraphService:
    """Who follows, blocks and mutes whom."""

    graph: Graph
    accounts: Accounts
    edges: Edges
    transactions: Transactions

    def follow_many(self, pairs: Sequence[Pair], origins: Origins = NOWHERE) -> list[bool]:
        """As ``follow_or_ask``; answers, per pair, whether it is new."""
        return [each.new for each in self.follow_or_ask(pairs, origins)]

    def follow_or_ask(self, pairs: Sequence[Pair], origins: Origins = NOWHERE) -> list[Followed]:
        """(follower, followed) pairs; answers, per pair, what came of it.

        A private account is not followed but asked, which is new once until it is answered.
        Raises ``InvalidInput``, ``NotFound``, and ``Forbidden`` when either has blocked the other.
        """
        for origin in set(origins.values()):
            check_optional_id(origin.post_id, "post id")
            check_optional_id(origin.decision_id, "decision id")
            check_length(origin.surface, "surface", MAX_SURFACE)
        with self.transactions.transaction({source for source, _ in pairs}, {target for _, target in pairs}):
            self._require(pairs)
            self._refuse_blocked(pairs)
            asking = self._asking(pairs)
            followed = iter(
                self.edges.link("follow", [pair for pair in pairs if pair not in asking], origins)
            )
            asked = iter(self.edges.link("request", [pair for pair in pairs if pair in asking], origins))
            return [
                Followed(next(asked if pair in asking else followed), asked=pair in asking) for pair in pairs
            ]

    def unfollow_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """Answers, per pair, whether there was a follow to end."""
        with self.transactions.transaction({source for source, _ in pairs}, {target for _, target in pairs}):
            self._require(pairs)
            return self.edges.unlink("follow", pairs)

    def block_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """(blocker, blocked) pairs; ends the follows in both directions, and what was asked."""
        with self.transactions.transaction({id_ for pair in pairs for id_ in pair}):
            self._require(pairs)
            both = list(dict.fromkeys([*pairs, *((b, a) for a, b in pairs)]))
            self.edges.unlink("follow", both)
            self.edges.unlink("request", both)
            return self.edges.link("block", pairs)

    def unblock_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """Does not bring the follows back."""
        with self.transactions.transaction({source for source, _ in pairs}):
            self._require(pairs)
            return self.edges.unlink("block", pairs)

    def mute_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """(muter, muted) pairs; in timelines a mute hides from the muter alone; it keeps the follow."""
        with self.transactions.transaction({source for source, _ in pairs}):
            self._require(pairs)
            return self.edges.link("mute", pairs)

    def unmute_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """Answers, per pair, whether there was a mute to end."""
        with self.transactions.transaction({source for source, _ in pairs}):
            self._require(pairs)
            return self.edges.unlink("mute", pairs)

    def following(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        """Whom each user follows, in order of id; every user asked for is present."""
        found = self.graph.target_ids("follow", user_ids)
        return {id_: found.get(id_, []) for id_ in user_ids}

    def followers(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        """Who follows each user, in order of id; every user asked for is present."""
        found = self.graph.source_ids("follow", user_ids)
        return {id_: found.get(id_, []) for id_ in user_ids}

    def hidden_for(self, user_ids: Collection[int]) -> dict[int, set[int]]:
        """Whom each user may not see: blocked in either direction, or muted by the user."""
        return _hidden(user_ids, self.graph.around(user_ids, _APART, _BLOCKS))

    def circles(self, user_ids: Collection[int]) -> dict[int, Circle]:
        """``following`` and ``hidden_for`` of each user, read together."""
        around = self.graph.around(user_ids, ("follow", *_APART), _BLOCKS)
        follows, hidden = around.out["follow"], _hidden(user_ids, around)
        return {id_: Circle(follows.get(id_, []), hidden[id_]) for id_ in user_ids}

    def apart_from(self, user_ids: Collection[int]) -> dict[int, set[int]]:
        """Whom ranking must not recommend to each user: ``hidden_for``, and whoever has muted the user.

        Timelines of followed people go by ``hidden_for``: a gap in them would give the mute away.
        """
        return _hidden(user_ids, self.graph.around(user_ids, _APART, _APART))

    def _asking(self, pairs: Sequence[Pair]) -> set[Pair]:
        """Those pairs whose target is private and not followed yet."""
        private = self.accounts.closed_among({target for _, target in pairs})
        asking = {pair for pair in pairs if pair[1] in private}
        return asking - self.graph.present("follow", asking)

    def _require(self, pairs: Sequence[Pair]) -> None:
        require_users(self.accounts, {id_ for pair in pairs for id_ in pair})
        for source, target in pairs:
            if source == target:
                raise InvalidInput(
                    f"User {source} cannot follow, block or mute themselves.", fix="Name another user."
                )

    def _refuse_blocked(self, pairs: Sequence[Pair]) -> None:
        blocks = self.graph.present("block", {*pairs, *((b, a) for a, b in pairs)})
        for source, target in pairs if blocks else ():
            if (source, target) in blocks or (target, source) in blocks:
                raise Forbidden(f"User {source} cannot follow user {target}: one has blocked the other.")


def _hidden(user_ids: Collection[int], around: Around) -> dict[int, set[int]]:
    """Everybody whom a block or a mute in ``around`` keeps from each user."""
    hidden: dict[int, set[int]] = {id_: set() for id_ in user_ids}
    for ends in around:
        for kind in _APART:
            for id_, others in ends.get(kind, {}).items():
                hidden[id_].update(others)
    return hidden
