"""Does what a unit says: its stores side by side, each in the unit's order, and the event log last."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from feed_core.adapters.journal.applying import Step, applying
from feed_core.adapters.journal.calls import call
from feed_core.adapters.journal.port_writes import BESIDE, LAST, PORTS
from feed_core.adapters.journal.units import Operation, Unit

THREADS = 32
"""Units of one process that use two stores at once; more wait their turn."""
_HERE = PORTS.keys() - BESIDE - LAST
_Placed = tuple[int, Operation]


class Doer:
    """Applies units to ``stores``, the ports by name. Safe to use from many threads.

    What is not ``BESIDE`` stays in the caller's thread, whose session holds the owners' locks.
    """

    def __init__(self, stores: Mapping[str, Any]) -> None:
        self._stores = stores
        self._threads = ThreadPoolExecutor(THREADS, "loupe-units")

    def do(self, unit: Unit) -> None:
        """Raises what the first store to fail raises, after all have ended; then nothing was logged."""
        here, beside, last = (_of(unit, ports) for ports in (_HERE, BESIDE, LAST))
        if here and beside:
            other = self._threads.submit(self._each, unit, beside)
            try:
                self._each(unit, here)
            finally:
                wait([other])
            other.result()
        else:
            self._each(unit, here or beside)
        self._each(unit, last)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _each(self, unit: Unit, operations: Sequence[_Placed]) -> None:
        for place, operation in operations:
            with applying(Step(unit.unit_id, place, unit.at)):
                call(self._stores[operation.port], operation)


def _of(unit: Unit, ports: Collection[str]) -> list[_Placed]:
    """The unit's operations on ``ports``, each with its place in the unit."""
    return [each for each in enumerate(unit.operations) if each[1].port in ports]
