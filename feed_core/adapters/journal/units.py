"""A unit: what one write over several stores is going to do, as data; and the log that keeps units."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import msgspec


class Operation(msgspec.Struct, frozen=True, array_like=True):
    """One call of a port's method; ``arguments`` is msgpack of them, in the order of the signature."""

    port: str
    method: str
    arguments: bytes


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that belong to one write of ``owners``, in their order.

    ``at`` is µs since 1970 by the clock of the log, rising over the units of one owner.
    """

    unit_id: int
    owners: tuple[int, ...]
    operations: tuple[Operation, ...]
    at: int = 0


class Pending(NamedTuple):
    """A unit that was begun for an owner and is not known to have ended; it lies with ``home_owner``."""

    unit_id: int
    home_owner: int


class DeadUnit(NamedTuple):
    """A unit that could not be done, and why; ``at`` as in ``Unit``."""

    unit_id: int
    owners: tuple[int, ...]
    at: int
    reason: str


class UnitLog(Protocol):
    """Keeps units from the moment at which they are certain until they are done, under locks of owners."""

    def session(self) -> AbstractContextManager[None]:
        """Locks that this thread takes inside are held until the block ends, or the process does."""

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        """Lock ``owners`` alone and ``beside`` shared; answers what is pending for ``owners``.

        Raises ``Unavailable`` and ``Contended``."""

    def commit(self, unit: Unit) -> Unit:
        """Store the unit: from now on it is certain. Answers it with its time. The owners are locked."""

    def load(self, pending: Pending) -> Unit | None:
        """The unit, or None when it never became certain or is done."""

    def finish(self, unit: Unit) -> None:
        """Forget a unit that is done."""

    def fail(self, unit: Unit, reason: str, most: int) -> bool:
        """Count a try that failed; the last of ``most`` lays the unit aside. Answers whether it was."""

    def dead(self) -> list[DeadUnit]:
        """What was laid aside, the oldest first."""

    def revive(self) -> int:
        """Have recovery take up what was laid aside; answers how many units. Raises as ``take``; what was cut
        short is finished by repeating it."""

    def forget(self, pending: Pending, owners: Collection[int]) -> None:
        """Forget that something is pending for ``owners``: there is no such unit."""

    def left(self, age_ms: int) -> list[tuple[int, ...]]:
        """The owners of each unit that has been there for ``age_ms``, the oldest first."""
