"""What an engagement event must be like before it is written."""

import math

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from feed_core.model.events import CLIENT_ACTIONS, NewEvent
from feed_core.model.rules import check_length, check_optional_id, check_time, shown

MAX_SURFACE = 64
MAX_POSITION = 1_000_000


def check_new_event(new: NewEvent, now: int) -> None:
    """Raises ``InvalidInput`` with what is wrong; ids are checked where they are looked up."""
    if new.action not in CLIENT_ACTIONS:
        raise InvalidInput(
            f"A client may not send the action {shown(new.action)}.",
            fix=f"Send one of {', '.join(sorted(CLIENT_ACTIONS))}.",
        )
    if new.value != 0.0 or new.action == "dwell":
        _check_value(new)
    if new.occurred_at is not None:
        check_time(new.occurred_at, now, "occurred_at")
    check_origin(new.surface, new.position, new.decision_id)


def check_origin(surface: str, position: int, decision_id: int) -> None:
    """Where an action came from: a short name, a position from -1 on, a decision id or 0."""
    check_length(surface, "surface", MAX_SURFACE)
    if not -1 <= position <= MAX_POSITION:
        raise InvalidInput(
            f"The position {shown(position)} is out of range.",
            fix=f"Positions count from 0 to {MAX_POSITION:,}; -1 stands for unknown.",
        )
    check_optional_id(decision_id, "decision id")


def _check_value(new: NewEvent) -> None:
    if new.action != "dwell":
        raise InvalidInput(f"A {new.action} carries no value.", fix="Send a value with dwell alone.")
    if not (math.isfinite(new.value) and 0 <= new.value <= DAY):
        raise InvalidInput(
            f"The dwell {shown(new.value)} is not a duration.", fix="Send milliseconds, from 0 to 24 hours."
        )
