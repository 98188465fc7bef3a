"""Plays likes, saves and other once-only acts in their order and says what changes in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feed_core.model.events import NewEvent
from feed_core.ports.reactions import Reaction, ReactionKind

Pair = tuple[int, int]
TURNS: Mapping[str, tuple[ReactionKind, bool]] = {
    "like": ("like", True),
    "unlike": ("like", False),
    "save": ("save", True),
    "unsave": ("save", False),
    "share": ("share", True),
    "hide": ("hide", True),
    "report": ("report", True),
}
"""Which reaction an action turns on or off; other actions turn none."""


@dataclass
class Settled:
    """``effective`` are the events to be written; the reactions are the difference in the end."""

    effective: list[NewEvent] = field(default_factory=list)
    added: dict[ReactionKind, list[Reaction]] = field(default_factory=dict)
    removed: dict[ReactionKind, list[Pair]] = field(default_factory=dict)


def touched(events: Sequence[NewEvent]) -> dict[ReactionKind, set[Pair]]:
    """The (user_id, post_id) pairs per kind whose present state ``settle`` needs to know."""
    pairs: dict[ReactionKind, set[Pair]] = {}
    for event in events:
        turn = TURNS.get(event.action)
        if turn is not None:
            pairs.setdefault(turn[0], set()).add((event.user_id, event.post_id))
    return pairs


def settle(events: Sequence[NewEvent], present: Mapping[ReactionKind, set[Pair]], now: int) -> Settled:
    """Play ``events`` from the state ``present``.

    An act that changes nothing (a second like, an unlike without a like) is not effective. A
    repeated share is: it is an act of its own, though it counts and delivers once.
    """
    settled = Settled()
    state: dict[tuple[ReactionKind, Pair], int | None] = {}
    for event in events:
        turn = TURNS.get(event.action)
        if turn is None:
            settled.effective.append(event)
            continue
        kind, on = turn
        pair = (event.user_id, event.post_id)
        key = (kind, pair)
        is_on = state[key] is not None if key in state else pair in present.get(kind, ())
        if is_on != on:
            state[key] = (now if event.occurred_at is None else event.occurred_at) if on else None
        if is_on != on or kind == "share":
            settled.effective.append(event)
    _difference(settled, state, present)
    return settled


def _difference(
    settled: Settled,
    state: Mapping[tuple[ReactionKind, Pair], int | None],
    present: Mapping[ReactionKind, set[Pair]],
) -> None:
    for (kind, pair), at in state.items():
        was_on = pair in present.get(kind, ())
        if at is not None and not was_on:
            settled.added.setdefault(kind, []).append(Reaction(*pair, at))
        elif at is None and was_on:
            settled.removed.setdefault(kind, []).append(pair)
