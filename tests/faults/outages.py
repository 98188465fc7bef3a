"""How long people had to wait because something was dead."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.faults.client import Wait

_AFTER_S = 10.0
"""Waits that begin so long after everything is back are still put down to the kill."""


class Killed(NamedTuple):
    """What died, when, and when its start had ended, by ``time.monotonic``."""

    name: str
    at: float
    back: float


class Outage(NamedTuple):
    """Seconds: how long it was away, and the longest that anybody waited for a write and for a read."""

    name: str
    away: float
    write: float
    read: float


def outages(killed: Sequence[Killed], waits: Sequence[Wait]) -> tuple[Outage, ...]:
    """One a kill. What was waited for before the kill does not count."""

    def longest(kind: str, one: Killed) -> float:
        touched = (w for w in waits if w.kind == kind and w.ended > one.at and w.began < one.back + _AFTER_S)
        return max((wait.ended - max(wait.began, one.at) for wait in touched), default=0.0)

    return tuple(
        Outage(one.name, one.back - one.at, longest("write", one), longest("read", one)) for one in killed
    )
