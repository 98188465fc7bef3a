"""When people are there: a daily curve in local time, and who opens the app in a tick."""

import numpy as np

from feed_core.model.clock import DAY, HOUR
from pipelines.society.arrays import Floats, Ints


def _bump(hours: Floats, centre: float, width: float) -> Floats:
    """A Gaussian on the 24-hour circle."""
    away = np.abs(hours - centre)
    return np.asarray(np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2))


def daily_curve(hours: Floats) -> Floats:
    """Relative activity at local ``hours`` (0 to 24): quiet at night, peaks at breakfast, lunch, evening."""
    return 0.12 + 0.7 * _bump(hours, 8, 1.4) + 0.8 * _bump(hours, 13, 1.8) + 1.8 * _bump(hours, 20.5, 2.2)


_QUARTERS: Floats = np.asarray(np.arange(96) / 4, np.float64)
_MEAN = float(daily_curve(_QUARTERS).mean())


def activity_at(now: int, utc_offsets: Ints) -> Floats:
    """Activity at ``now`` (ms) per person, by UTC offset (hours); its mean over a day is 1."""
    hours = np.asarray(((now % DAY) / HOUR + utc_offsets) % 24, np.float64)
    return daily_curve(hours) / _MEAN


def chance_in_tick(rates: Floats, activity: Floats, tick_ms: int) -> Floats:
    """P(at least one arrival of a Poisson process) in a tick; ``rates`` are per day."""
    return -np.expm1(-rates * activity * (tick_ms / DAY))
