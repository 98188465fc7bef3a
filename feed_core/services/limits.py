"""How often people may do things; refuses with the time to wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from feed_core.model.clock import HOUR, MINUTE, Clock
from feed_core.model.errors import TooOften
from feed_core.ports.rate_limits import RateLimits, Use

LOGINS = (10, 10 * MINUTE)
"""Failed and successful log-ins per name; as many again from one address as 10 names have."""
LOGINS_FROM = (100, 10 * MINUTE)
SIGN_UPS_FROM = (100, HOUR)
WRITES = (3_000, 10 * MINUTE)


@dataclass(frozen=True)
class Limits:
    """Takes uses; each limit is (times, per ms)."""

    limits: RateLimits
    clock: Clock

    def take(self, *wanted: tuple[str, tuple[int, int]]) -> None:
        """Count one use per (key, limit). Raises ``TooOften`` with the longest time to wait."""
        uses = [Use(key, times, per_ms) for key, (times, per_ms) in wanted]
        self.take_uses(uses)

    def take_uses(self, uses: Sequence[Use]) -> None:
        """As ``take``."""
        wait = max(self.limits.take(uses, self.clock.now()), default=0) if uses else 0
        if wait:
            raise TooOften(wait)
