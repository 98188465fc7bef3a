"""Time comes from a clock that is passed in, so an import or a simulation brings its own."""

import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)


class Clock(Protocol):
    """Tells the time in milliseconds since 1970 UTC."""

    def now(self) -> int: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class SetClock:
    """A clock that its owner moves: for imports, simulations and tests."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        """Move to ``now`` (milliseconds); a step back is allowed, as on a real machine."""
        self._now = now


class ResumedClock:
    """Goes on from ``start`` (ms) at the pace of the machine's monotonic clock."""

    def __init__(self, start: int) -> None:
        self._offset = start - time.monotonic_ns() // 1_000_000

    def now(self) -> int:
        return self._offset + time.monotonic_ns() // 1_000_000


@lru_cache(8_192)  # a post is shown again and again
def to_rfc3339(ms: int) -> str:
    """``ms`` since 1970 UTC as RFC 3339 with milliseconds, such as 2026-01-31T09:30:00.000Z."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> int:
    """Milliseconds since 1970 UTC; raises ``ValueError`` for no RFC 3339 time, and for a leap second."""
    if not _RFC_3339.fullmatch(text):  # fromisoformat takes all of ISO 8601, such as dates by week
        raise ValueError("a time is written as in RFC 3339, such as 2026-01-31T09:30:00Z")
    return round(datetime.fromisoformat(text.upper()).timestamp() * 1000)


def day_of(ms: int) -> str:
    """The UTC day of ``ms`` as YYYY-MM-DD."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")
