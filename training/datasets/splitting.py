"""Train on the past, stop and calibrate on a later day, judge on the last: never at random."""

from typing import NamedTuple

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from training.datasets.examples import Examples


class Split(NamedTuple):
    """Three stretches of time, one after the other."""

    train: Examples
    valid: Examples
    test: Examples


def held_out_span(train_days: float) -> int:
    """How long validation and test are, each, in ms: a day, less when there are under five days."""
    return round(min(DAY, train_days * DAY / 5))


def split_by_time(examples: Examples, *, valid_from: int, test_from: int) -> Split:
    """``train`` before ``valid_from``, ``test`` from ``test_from`` on (ms), ``valid`` between.

    Raises ``InvalidInput`` when one of them has no rows.
    """
    times = examples.times
    parts = Split(
        examples.take(times < valid_from),
        examples.take((times >= valid_from) & (times < test_from)),
        examples.take(times >= test_from),
    )
    for name, part in parts._asdict().items():
        if not len(part):
            raise InvalidInput(f"No impression falls into the {name} period.", fix="Ask for more days.")
    return parts
