"""A log of units in memory, with the locks left out: for a single thread."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import msgspec

from feed_core.adapters.journal.units import DeadUnit, Pending, Unit


class MemoryLog:
    """Implements ``UnitLog``. ``units`` are certain and not done, ``aside`` are those that were given up."""

    def __init__(self) -> None:
        self.units: dict[int, Unit] = {}
        self.aside: list[DeadUnit] = []
        self.taken: list[tuple[set[int], set[int]]] = []
        self.sessions = self._time = 0
        self.tries: dict[int, int] = {}

    @contextmanager
    def session(self) -> Iterator[None]:
        self.sessions += 1
        try:
            yield
        finally:
            self.sessions -= 1

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        assert self.sessions, "a lock is held by a session"
        self.taken.append((set(owners), set(beside)))
        return [
            Pending(unit.unit_id, unit.owners[0])
            for unit in reversed(self.units.values())
            for owner in unit.owners
            if owner in owners
        ]

    def commit(self, unit: Unit) -> Unit:
        self._time += 1_000
        certain = msgspec.structs.replace(unit, at=self._time)
        self.units[unit.unit_id] = certain
        return certain

    def load(self, pending: Pending) -> Unit | None:
        return self.units.get(pending.unit_id)

    def finish(self, unit: Unit) -> None:
        del self.units[unit.unit_id]

    def forget(self, pending: Pending, owners: Collection[int]) -> None:
        raise AssertionError("whatever is pending here is certain")

    def fail(self, unit: Unit, reason: str, most: int) -> bool:
        self.tries[unit.unit_id] = self.tries.get(unit.unit_id, 0) + 1
        if self.tries[unit.unit_id] < most:
            return False
        self.finish(unit)
        self.aside.append(DeadUnit(unit.unit_id, unit.owners, unit.at, reason))
        return True

    def dead(self) -> list[DeadUnit]:
        return self.aside

    def left(self, age_ms: int) -> list[tuple[int, ...]]:
        return [unit.owners for unit in self.units.values()]
