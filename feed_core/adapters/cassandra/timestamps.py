"""The write times that Cassandra resolves conflicts by: the last one wins."""

import threading
import time

from feed_core.adapters.journal.applying import current_step


class Timestamps:
    """Microseconds since 1970 UTC that strictly increase in this process, whatever the machine's clock does.

    While a unit is applied they are the unit's own, so that a write which is repeated late loses against what
    came after its first time. One operation has one time: it must not remove a row and write it again.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """The time of the next write."""
        step = current_step()
        if step is not None:
            return step.at + step.place
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000)
            return self._last
