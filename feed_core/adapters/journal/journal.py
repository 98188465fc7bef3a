"""Writes over several stores take effect together: collected as a unit, made certain, then done.

Before the unit is in the log, nothing has happened. Once it is there, it will: by whoever began it, or, after
a crash, by the next write of one of its owners or by recovery. Every operation bears repetition.
"""

import secrets
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from feed_core.adapters.journal.doing import Doer
from feed_core.adapters.journal.units import Operation, Pending, Unit, UnitLog
from feed_core.model.errors import Unavailable

_log = structlog.get_logger("loupe.journal")
TRIES = 10
"""How often a write is tried that cannot be done although the stores answer."""
LEFT_MS = 5_000
"""How long after it became certain a write that is not done counts as left behind."""


class Stuck(Unavailable):
    """A write of before cannot be done, so that those after it wait."""


class OpenUnit:
    """What a write has collected so far. ``known`` is what its collected operations changed, for answers."""

    def __init__(self) -> None:
        self.owners: set[int] = set()
        self.operations: list[Operation] = []
        self.known: dict[tuple[object, ...], bool] = {}
        self.failed = False


class Journal:
    """Implements ``ports.transactions.Transactions`` over ``log``; ``stores`` are the ports by name."""

    def __init__(self, log: UnitLog, stores: Mapping[str, Any]) -> None:
        self._log = log
        self._doer = Doer(stores)
        self._local = threading.local()

    @property
    def unit(self) -> OpenUnit | None:
        """The unit that this thread is collecting."""
        unit: OpenUnit | None = getattr(self._local, "unit", None)
        return unit

    @contextmanager
    def transaction(self, owners: Collection[int] = (), beside: Collection[int] = ()) -> Iterator[None]:
        """With owners a unit; without, each write takes effect at once. Inside a unit, join it.

        Reads inside see the stores as they were before the unit. Raises ``Unavailable`` when a store does
        not answer after the unit became certain: it may have been done, and repeating it with the same
        idempotency key tells. Raises ``Contended`` when another write about the same people crosses.
        """
        unit = self.unit
        if unit is not None:
            yield from self._join(unit, owners, beside)
        elif not owners:
            yield
        else:
            with self._log.session():
                self._replay(self._log.take(owners, beside), owners)
                yield from self._collect(owners)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Groups reads; several stores have no common state to show."""
        yield

    def recover(self, age_ms: int = LEFT_MS) -> int:
        """Do what was left behind by writes that became certain ``age_ms`` ago; answers how many.

        What cannot be done now, because a server is away or its owners are at work, keeps nothing else
        waiting: it is for the next time.
        """
        return sum(self._recovered(owners) for owners in self._log.left(age_ms))

    def _recovered(self, owners: Collection[int]) -> bool:
        try:
            with self._log.session():
                self._replay(self._log.take(owners), owners)
        except Unavailable as error:
            _log.warning("unit_still_left_behind", owners=owners, error=str(error))
            return False
        return True

    def close(self) -> None:
        """End the threads; the log and the stores are closed by whoever opened them."""
        self._doer.close()

    def _collect(self, owners: Collection[int]) -> Iterator[None]:
        unit = self._local.unit = OpenUnit()
        unit.owners.update(owners)
        try:
            yield
        finally:
            self._local.unit = None
        if unit.failed:
            raise RuntimeError("A part of this transaction failed, so none of it is kept.")
        if unit.operations:
            self._settle(unit)

    def _join(self, unit: OpenUnit, owners: Collection[int], beside: Collection[int]) -> Iterator[None]:
        try:
            new = set(owners) - unit.owners
            if new or beside:
                self._replay(self._log.take(new, set(beside) - unit.owners), new)
                unit.owners |= new
            yield
        except BaseException:
            unit.failed = True
            raise

    def _settle(self, unit: OpenUnit) -> None:
        certain = self._log.commit(
            Unit(
                unit_id=secrets.randbits(63),
                owners=tuple(sorted(unit.owners)),
                operations=tuple(unit.operations),
            )
        )
        try:
            self._do(certain)
        except Exception as error:
            _log.warning("unit_left_behind", unit_id=certain.unit_id, error=str(error))
            self._failed(certain, error)
            raise Unavailable(
                "A store did not answer; the write may have been done.",
                fix="Repeat it with the same Idempotency-Key.",
            ) from error

    def _do(self, unit: Unit) -> None:
        self._doer.do(unit)
        self._log.finish(unit)

    def _replay(self, pending: Sequence[Pending], owners: Collection[int]) -> None:
        found = [(each, self._log.load(each)) for each in dict.fromkeys(pending)]
        for each, unit in found:
            if unit is None:
                self._log.forget(each, owners)
        for unit in sorted((unit for _, unit in found if unit), key=_time):
            self._log.take(unit.owners)
            if self._log.load(Pending(unit.unit_id, unit.owners[0])):
                self._do_again(unit)

    def _do_again(self, unit: Unit) -> None:
        """Raises ``Unavailable``, but for a unit that was tried often enough: its owners go on without it."""
        try:
            self._do(unit)
        except Unavailable:
            raise
        except Exception as error:
            if not self._failed(unit, error):
                raise Stuck(
                    "An earlier write of the same people is not done yet.", fix="Try again in a minute."
                ) from error

    def _failed(self, unit: Unit, error: Exception) -> bool:
        """Whether a unit that failed was laid aside. A server that is away is no reason."""
        if isinstance(error, Unavailable):
            return False
        laid_aside = self._log.fail(unit, f"{type(error).__name__}: {error}", TRIES)
        if laid_aside:
            _log.error("unit_laid_aside", unit_id=unit.unit_id, owners=unit.owners, error=repr(error))
        return laid_aside


def _time(unit: Unit) -> int:
    return unit.at
