"""Which operation of which unit this thread is applying, for adapters that must know a repeat or an order."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Step(NamedTuple):
    """The operation at ``place`` (from 0) of a unit; ``at`` is the unit's time in µs since 1970.

    Units of one owner have rising times by their Postgres cluster's clock, so ``at + place`` orders the
    writes of a store where the last one wins: what a late repeat writes again loses against what came after.
    """

    unit_id: int
    place: int
    at: int


_step: ContextVar[Step | None] = ContextVar("step", default=None)


def current_step() -> Step | None:
    """None outside of units."""
    return _step.get()


@contextmanager
def applying(step: Step) -> Iterator[None]:
    """The block applies ``step``."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)
