"""What is known of a post whoever looks at it, and of a person whatever they look at, as of one moment."""

import numpy as np
from numpy.typing import ArrayLike

from pipelines.discovery.history import Ints
from pipelines.discovery.past import Floats, Past

NEVER = np.float32(9_999)
"""Days since what did not happen."""


def post_rates(past: Past) -> dict[str, Floats]:
    """Popularity over windows, its change, age, and who engages: name → (q,)."""
    popularity, q = past.popularity, len(past.posts)
    windows = {days: _counted(past.post, past.age <= days, q) for days in (30, 90, 180, 365)}
    before = _counted(past.post, (past.age > 30) & (past.age <= 60), q)
    busy = np.log1p(past.activity)[past.user]
    return {
        **{f"popular_{days}d": counts for days, counts in windows.items()},
        "popular": popularity,
        "popular_month_before": before,
        "growth_quarter": _ratio(windows[90] + 1, windows[365] / 4 + 1),
        "growth_year": _ratio(windows[365] + 1, popularity + 2),
        "age": _extreme(past.post, past.age, q, np.maximum, np.float32(0)),
        "quiet": _extreme(past.post, past.age, q, np.minimum, NEVER),
        "engagers_activity": _ratio(np.bincount(past.post, busy, q), np.maximum(popularity, 1)),
        "tags": np.asarray(past.tagged.sum(axis=1)).ravel().astype(np.float32),
    }


def person_rates(past: Past) -> dict[str, Floats]:
    """Activity over windows, tenure, taste for the popular, friends: name → (p,)."""
    p = len(past.people)
    windows = {days: _counted(past.user, past.age <= days, p) for days in (30, 90, 365)}
    degree = np.asarray(past.follows.sum(axis=1)).ravel()
    known = np.log1p(past.popularity)[past.post]
    last = _extreme(past.user, past.age, p, np.minimum, NEVER)
    made = {
        **{f"engaged_{days}d": counts for days, counts in windows.items()},
        "engaged": past.activity,
        "days": _days(past),
        "first": _extreme(past.user, past.age, p, np.maximum, np.float32(0)),
        "last": last,
        "mainstream": np.bincount(past.user, known, p) / np.maximum(past.activity, 1),
        "follows": degree,
        "friends_engaged": past.follows @ past.activity,
        "friends_active": past.follows @ (last <= 90).astype(np.float32),
    }
    return {name: np.asarray(values, np.float32) for name, values in made.items()}


def _counted(place: Ints, some: np.ndarray[tuple[int], np.dtype[np.bool_]], size: int) -> Floats:
    return np.bincount(place[some], minlength=size).astype(np.float32)


def _ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    return np.asarray(np.divide(part, whole), np.float32)


def _extreme(place: Ints, values: Floats, size: int, which: np.ufunc, start: np.float32) -> Floats:
    made = np.full(size, start, dtype=np.float32)
    which.at(made, place, values)
    return made


def _days(past: Past) -> Floats:
    """On how many different days each person engaged; of a cut at midnight, midnight begins a day."""
    pairs = np.unique(np.stack([past.user, np.ceil(past.age).astype(np.int64)]), axis=1)
    return np.bincount(pairs[0], minlength=len(past.people)).astype(np.float32)
