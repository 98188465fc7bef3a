"""How fast engagement fades: in days where a feed was shown, in months where a history was brought in."""

from pathlib import Path
from typing import NamedTuple

from pipelines.discovery.history import POSITIVE
from pipelines.lake import read_events


class Fading(NamedTuple):
    """After ``half_life_days`` an action counts half; candidates are up to ``max_age_days`` old (0: any)."""

    half_life_days: float
    max_age_days: float


OF_FEEDS = Fading(7.0, 7.0)
OF_CHOICES = Fading(180.0, 0.0)


def holds_choices(home: Path) -> bool:
    """Whether people chose more than they were shown, as in a history that was loaded.

    The first impressions of a service over it do not change that; a feed in use shows far more than is
    chosen. Raises ``Corrupt`` naming a file of the lake that is damaged.
    """
    chosen, shown = (
        read_events(home, columns=["event_id"], actions=actions).num_rows
        for actions in (POSITIVE, ("impression",))
    )
    return bool(chosen > shown)


def fading_of(home: Path) -> Fading:
    """What suits the history in the lake of ``home``."""
    return OF_CHOICES if holds_choices(home) else OF_FEEDS
