"""Does what a unit says: what does not touch each other side by side, else in the unit's order, and the event
log last."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from feed_core.adapters.journal.applying import Step, applying
from feed_core.adapters.journal.calls import call
from feed_core.adapters.journal.port_writes import BESIDE, ENTRIES, LAST
from feed_core.adapters.journal.units import Operation, Unit

THREADS = 32
"""Lanes beside those of callers that one process has under way; more wait their turn."""
_Placed = tuple[int, Operation]
_Lane = list[_Placed]


class Doer:
    """Applies units to ``stores``, the ports by name. Safe to use from many threads.

    What is not ``BESIDE`` stays in the caller's thread, whose session holds the owners' locks.
    """

    def __init__(self, stores: Mapping[str, Any]) -> None:
        self._stores = stores
        self._threads = ThreadPoolExecutor(THREADS, "loupe-units")

    def do(self, unit: Unit) -> None:
        """Raises what the first store to fail raises, after all have ended; then nothing was logged."""
        *lanes, last = _lanes(unit)
        first, *others = [lane for lane in lanes if lane] or [[]]
        running = [self._threads.submit(self._each, unit, lane) for lane in others]
        try:
            self._each(unit, first)
        finally:
            wait(running)
        for each in running:
            each.result()
        self._each(unit, last)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _each(self, unit: Unit, operations: Sequence[_Placed]) -> None:
        for place, operation in operations:
            with applying(Step(unit.unit_id, place, unit.at)):
                call(self._stores[operation.port], operation)


def _lanes(unit: Unit) -> tuple[_Lane, _Lane, _Lane, _Lane]:
    """The unit's operations, each with its place in it: the caller's, those beside, entries, the log's."""
    here, beside, entries, last = lanes = _Lane(), _Lane(), _Lane(), _Lane()
    purges = any((each.port, each.method) == ("posts", "purge") for each in unit.operations)
    for placed in enumerate(unit.operations):
        port, method = placed[1].port, placed[1].method
        if port in LAST:
            last.append(placed)
        elif port not in BESIDE:
            here.append(placed)
        else:
            apart = port == "posts" and method in ENTRIES and not purges
            (entries if apart else beside).append(placed)
    return lanes
