"""How surprising a hashtag's use in a window is, against its own past beside the other hashtags'.

Expected users of a tag = its uses per use of any other tag in the windows looked back on × the uses of the
others in this window, so that the daily rhythm, which lifts every tag, lifts the expectation too. The
score is the difference of the variance-stabilised counts (F. J. Anscombe, "The Transformation of Poisson,
Binomial and Negative-Binomial Data", Biometrika 35, 1948): about a standard normal when nothing changed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PRIOR_USES = 0.5
"""What a tag without a past is given, so that its first use is no infinite surprise."""


class Surprise(NamedTuple):
    """``baseline`` (n,) expected users, ``score`` (n,): 0 where there is too little to say."""

    baseline: Floats
    score: Floats


def surprises(
    series: Ints, windows: Ints, users: Ints, *, look_back: int, warm_up: int, min_users: int
) -> Surprise:
    """For each of n rows (tag ``series``, window number, its users), sorted by series and window, each once.

    Windows that have no row are windows without use. A window with fewer than ``warm_up`` windows before
    it, counted from the first of all, or fewer than ``min_users`` users has score 0.
    """
    if not len(users):
        return Surprise(np.zeros(0), np.zeros(0))
    first, last = int(windows.min()), int(windows.max())
    totals = np.bincount(windows - first, weights=users, minlength=last - first + 1).astype(np.float64)
    all_before = _sum_before(totals, look_back)[windows - first]
    mine_before = _series_before(series, windows, users, look_back)
    others_now = totals[windows - first] - users
    odds = (mine_before + _PRIOR_USES) / (all_before - mine_before + _PRIOR_USES)
    baseline = odds * (others_now + _PRIOR_USES)
    score = 2 * (np.sqrt(users + 0.375) - np.sqrt(baseline + 0.375))
    enough = (windows - first >= warm_up) & (users >= min_users)
    return Surprise(baseline, np.where(enough, score, 0.0))


def _sum_before(totals: Floats, look_back: int) -> Floats:
    """Per window, the sum of the ``look_back`` windows before it."""
    up_to = np.concatenate([[0.0], np.cumsum(totals)])
    at = np.arange(len(totals))
    return np.asarray(up_to[at] - up_to[np.maximum(at - look_back, 0)])


def _series_before(series: Ints, windows: Ints, users: Ints, look_back: int) -> Floats:
    """Per row, the users of the same series in the ``look_back`` windows before it."""
    span = int(windows.max()) - int(windows.min()) + look_back + 1
    place = series * span + (windows - windows.min()) + look_back
    up_to = np.concatenate([[0], np.cumsum(users)])
    begin = np.searchsorted(place, place - look_back, side="left")
    begin = np.maximum(begin, np.searchsorted(series, series, side="left"))
    return np.asarray(up_to[np.arange(len(users))] - up_to[begin], dtype=np.float64)
