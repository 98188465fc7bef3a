"""How large a society is and how lively; every figure of the simulation that one may want to turn."""

from typing import Self

import msgspec

from feed_core.model.clock import DAY, MINUTE
from feed_core.model.errors import InvalidInput

MONDAY_5_JANUARY_2026 = 1_767_571_200_000


class SocietyConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes and rates. Times are ms since 1970 UTC; rates are per person and day.

    ``days`` is how long a play lasts unless it says otherwise; ``horizon_days`` is how far newcomers,
    bursts and rings are planned ahead, so that a later experiment meets some as well.
    """

    people: int = 2_000
    days: int = 14
    horizon_days: int = 21
    start_ms: int = MONDAY_5_JANUARY_2026
    tick_minutes: int = 30
    topics: int = 24
    tags_per_topic: int = 15
    communities: int = 12
    mean_followees: float = 42.0
    homophily: float = 3.0
    sessions_per_day: float = 2.45
    page_size: int = 20
    posts_per_day: float = 1.5
    newcomer_share: float = 0.06
    bursts: int = 9
    rings: int = 3
    ring_size: int = 12
    drift: float = 0.05

    def __post_init__(self) -> None:
        if not 10 <= self.people <= 1_000_000:
            raise InvalidInput(
                f"A society of {self.people} people cannot be built.", fix="Use 10 to 1,000,000."
            )
        if not 2 <= self.topics <= 24 or not 1 <= self.tags_per_topic <= 15:
            raise InvalidInput(
                "Topics and tags are outside the vocabulary.", fix="Use 2-24 topics, 1-15 tags."
            )
        if self.days < 1 or self.horizon_days < 1 or self.tick_minutes < 1 or 60 % self.tick_minutes:
            raise InvalidInput(
                "Days must be positive and a tick must divide the hour.", fix="Use 30 minutes."
            )
        if self.start_ms % DAY:
            raise InvalidInput("A society starts at midnight UTC.", fix="Give start_ms as a whole day.")

    @classmethod
    def small(cls, *, people: int = 120, days: int = 3) -> Self:
        """A society for tests: plays in a few seconds and has one of everything."""
        return cls(
            people=people, days=days, horizon_days=days + 2, topics=8, communities=4, mean_followees=14.0,
            bursts=6, rings=1, ring_size=5, newcomer_share=0.08, tick_minutes=60, posts_per_day=1.6,
        )  # fmt: skip

    @property
    def tick_ms(self) -> int:
        return self.tick_minutes * MINUTE

    @property
    def ticks_per_day(self) -> int:
        return DAY // self.tick_ms
