"""What a request may turn: multipliers of action weights, within bounds."""

import math
from collections.abc import Mapping

from features.definitions import ACTION_WEIGHTS
from feed_core.model.errors import InvalidInput

LOWEST, HIGHEST = 0.0, 4.0


def check_knobs(knobs: Mapping[str, float]) -> None:
    """Raises ``InvalidInput`` for an action without a weight or a multiplier outside 0 to 4."""
    for action, factor in knobs.items():
        if action not in ACTION_WEIGHTS:
            known = ", ".join(ACTION_WEIGHTS)
            raise InvalidInput(f"There is no weight for {action[:40]!r}.", fix=f"Turn one of: {known}.")
        if not (math.isfinite(factor) and LOWEST <= factor <= HIGHEST):
            raise InvalidInput(f"The knob of {action} is {factor}.", fix="Use a multiplier from 0 to 4.")
