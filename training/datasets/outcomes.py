"""Which action belongs to which impression, and what it makes of it.

An action belongs to the impression of its own decision; without one, or when that decision did not show
the post, to the last time the person saw the post. Either way it counts only within the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS
from feed_core.model.clock import DAY
from training.datasets.latest import NONE, last_before

Ints = NDArray[np.int64]
OUTCOMES: tuple[str, ...] = tuple(ACTION_WEIGHTS)
UNDO = {"unlike": "like", "unsave": "save", "unfollow": "follow"}
OUTCOME_ACTIONS: tuple[str, ...] = (*(name for name in OUTCOMES if name != "long_dwell"), "dwell", *UNDO)
"""Every action that says something about an impression."""


@dataclass(frozen=True)
class Shown:
    """n impressions: int64 (n,) each, times in ms, ``decisions`` 0 where none was logged."""

    users: Ints
    posts: Ints
    decisions: Ints
    times: Ints


@dataclass(frozen=True)
class Acted:
    """m actions: int64 (m,) each; ``actions`` are codes into ``names``; ``values`` float64 (m,)."""

    users: Ints
    posts: Ints
    decisions: Ints
    times: Ints
    actions: Ints
    names: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Outcomes:
    """What followed each impression: bool (n,) by outcome, the longest dwell (n,) in ms, the value (n,)."""

    happened: Mapping[str, NDArray[np.bool_]]
    dwell_ms: NDArray[np.float64]
    value: NDArray[np.float64]


def join_outcomes(shown: Shown, acted: Acted, *, window_ms: int = DAY) -> Outcomes:
    """Outcomes of the impressions from the actions less than ``window_ms`` after them.

    An action that was taken back (unlike) did not happen. The value is the sum of the action weights.
    """
    owner = owners(shown, acted, window_ms)
    n, belongs = len(shown.times), owner != NONE
    actions, rows, values = acted.actions[belongs], owner[belongs], acted.values[belongs]
    net = {name: np.zeros(n, np.int64) for name in OUTCOMES}
    dwell = np.zeros(n)
    for code, name in enumerate(acted.names):
        mine = actions == code
        if name == "dwell":
            np.maximum.at(dwell, rows[mine], values[mine])
        elif name in OUTCOMES:
            net[name] += np.bincount(rows[mine], minlength=n)
        elif name in UNDO:
            net[UNDO[name]] -= np.bincount(rows[mine], minlength=n)
    happened = {name: count > 0 for name, count in net.items()} | {"long_dwell": dwell >= LONG_DWELL_MS}
    value = np.zeros(n)
    for name, weight in ACTION_WEIGHTS.items():
        value += weight * happened[name]
    return Outcomes(happened, dwell, value)


def owners(shown: Shown, acted: Acted, window_ms: int) -> Ints:
    """The impression (index) that each action belongs to (m,), ``NONE`` for none."""
    by_decision = last_before(
        (shown.users, shown.posts, shown.decisions),
        shown.times,
        (acted.users, acted.posts, acted.decisions),
        acted.times,
        window=window_ms,
    )
    by_sight = last_before(
        (shown.users, shown.posts), shown.times, (acted.users, acted.posts), acted.times, window=window_ms
    )
    return np.where((acted.decisions != 0) & (by_decision != NONE), by_decision, by_sight)
