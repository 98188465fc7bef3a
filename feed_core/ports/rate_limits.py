"""How often something may be done: one number a key, by the generic cell rate algorithm (ITU-T I.371)."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Use(NamedTuple):
    """One use of what ``key`` names, which may be used ``times`` times within any ``per_ms`` at once,
    and ``times`` per ``per_ms`` for long. Such as ``("login:ada", 10, 60_000)``."""

    key: str
    times: int
    per_ms: int


class RateLimits(Protocol):
    """Per key the time in µs at which all earlier uses are paid for (the theoretical arrival time)."""

    def take(self, uses: Sequence[Use], now: int) -> list[int]:
        """Count each use, in order; answers how many ms it came too early, 0 for a use that counts.

        With i = per_ms·1000 // times µs and n = now·1000, the stored t becomes max(t, n) + i if that is
        at most n + per_ms·1000; else nothing is stored and the answer is the excess, in ms, rounded up.
        A key may be forgotten once t ≤ n.
        """
