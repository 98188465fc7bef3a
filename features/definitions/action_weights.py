"""How much an action is worth to the person who gets the timeline. Versioned: bundles carry a copy."""

from collections.abc import Mapping

LONG_DWELL_MS = 8_000
"""A dwell of at least this long is the outcome ``long_dwell``."""

WEIGHTS_VERSION = "1"
ACTION_WEIGHTS: dict[str, float] = {
    "like": 1.0,
    "comment": 4.0,
    "share": 6.0,
    "save": 3.0,
    "follow": 8.0,
    "long_dwell": 0.5,
    "hide": -10.0,
    "report": -30.0,
}


def outcome_of(action: str, value: float = 0.0) -> str:
    """The outcome that an event stands for: its action, ``long_dwell``, or "" when it is none."""
    if action == "dwell":
        return "long_dwell" if value >= LONG_DWELL_MS else ""
    return action if action in ACTION_WEIGHTS else ""


def value_of(action: str, value: float = 0.0, weights: Mapping[str, float] = ACTION_WEIGHTS) -> float:
    """What one event is worth; ``value`` is its dwell in ms. 0 for actions without a weight."""
    return weights.get(outcome_of(action, value), 0.0)
