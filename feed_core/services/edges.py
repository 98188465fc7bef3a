"""Writes edges between people, each with its event and its counts, for services that have checked them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from feed_core.model.clock import Clock
from feed_core.model.events import Action, Event
from feed_core.model.ids import Ids
from feed_core.model.users import UserStats
from feed_core.ports.accounts import Accounts
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Edge, EdgeKind, Graph
from feed_core.services.journal import log_events

Pair = tuple[int, int]


class Origin(NamedTuple):
    """What led to a follow: a post, a decision (0 for none) and the surface that they were shown on."""

    post_id: int = 0
    decision_id: int = 0
    surface: str = ""


Origins = Mapping[Pair, Origin]
"""What led to each edge; pairs that are absent came from nowhere in particular."""
NOWHERE: Origins = MappingProxyType({})
_ENDED: dict[EdgeKind, Action] = {
    "follow": "unfollow",
    "block": "unblock",
    "mute": "unmute",
    "request": "unrequest",
}


@dataclass(frozen=True)
class Edges:
    """Changes within the caller's transaction; each is an event of its source in the topic ``graph``."""

    graph: Graph
    accounts: Accounts
    events: EventLog
    clock: Clock
    ids: Ids

    def link(self, kind: EdgeKind, pairs: Sequence[Pair], origins: Origins = NOWHERE) -> list[bool]:
        """Add edges, tell and count them; answers, per pair, whether it is new."""
        now = self.clock.now()
        new = self.graph.add(kind, [Edge(source, target, now) for source, target in pairs])
        changed = [pair for pair, is_new in zip(pairs, new, strict=True) if is_new]
        self.tell(kind, changed, origins)
        if kind == "follow":
            self._count(changed, +1)
        return new

    def unlink(self, kind: EdgeKind, pairs: Sequence[Pair]) -> list[bool]:
        """As ``link``, the other way round."""
        there = self.graph.remove(kind, pairs)
        changed = [pair for pair, was_there in zip(pairs, there, strict=True) if was_there]
        self.tell(_ENDED[kind], changed)
        if kind == "follow":
            self._count(changed, -1)
        return there

    def tell(self, action: Action, pairs: Sequence[Pair], origins: Origins = NOWHERE) -> None:
        """Append events of the sources about the targets."""
        now = self.clock.now()
        ids = self.ids.for_owners([source for source, _ in pairs])
        told = [
            _event(id_, now, pair, action, origins.get(pair, Origin()))
            for id_, pair in zip(ids, pairs, strict=True)
        ]
        log_events(self.events, "graph", told)

    def _count(self, pairs: Sequence[Pair], sign: Literal[1, -1]) -> None:
        following = Counter(source for source, _ in pairs)
        followers = Counter(target for _, target in pairs)
        self.accounts.add_to_stats(
            {
                id_: UserStats(following=sign * following[id_], followers=sign * followers[id_])
                for id_ in following.keys() | followers.keys()
            }
        )


def _event(id_: int, now: int, pair: Pair, action: Action, origin: Origin) -> Event:
    source, target = pair
    return Event(
        event_id=id_, occurred_at=now, arrived_at=now, user_id=source, post_id=origin.post_id,
        author_id=target, action=action, decision_id=origin.decision_id, surface=origin.surface,
    )  # fmt: skip
