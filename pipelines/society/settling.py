"""Lets the workers finish before a play goes on: what people are shown next depends on all of it."""

import time

from feed_core.core import FeedCore
from feed_core.model.errors import Unavailable

PATIENCE_S = 120.0
_PAUSE_S = 0.2


def settle(core: FeedCore) -> None:
    """Run the workers until nothing waits.

    Their work bears repetition, so a server that does not answer for a moment, or partitions that are being
    dealt out anew, delay a play and do not end it. Raises ``Unavailable`` when that lasts for ``PATIENCE_S``.
    Nobody else writes while a play goes on, so what crashes left behind is not looked for.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            while core.workers.turn():
                pass
            if not core.workers.lag():
                return
        except Unavailable:
            if time.monotonic() > until:
                raise
        if time.monotonic() > until:
            raise Unavailable(
                "The workers do not get what waits in the event log.",
                fix="See who else consumes it: loupe events lag.",
            )
        time.sleep(_PAUSE_S)
