"""Signed, time-decayed engagement: what each event says about a person's taste, and how fast it fades."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as fn

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS

_TAKEN_BACK = {"unlike": "like", "unsave": "save"}
SIGNALS: dict[str, float] = {
    **{action: weight for action, weight in ACTION_WEIGHTS.items() if action != "long_dwell"},
    **{undo: -ACTION_WEIGHTS[action] for undo, action in _TAKEN_BACK.items()},
}
"""Action → its weight as a sign of taste; taking a like back is as strong as the like was."""


def signal() -> Column:
    """The weight of an event (columns action, value): its action's, that of a long dwell, else 0."""
    weight = fn.when(
        (fn.col("action") == "dwell") & (fn.col("value") >= LONG_DWELL_MS), ACTION_WEIGHTS["long_dwell"]
    )
    for action, value in SIGNALS.items():
        weight = weight.when(fn.col("action") == action, value)
    return weight.otherwise(0.0)


def bucket(as_ofs: Sequence[int], moment: str = "occurred_at") -> Column:
    """Which of the ascending ``as_ofs`` is the first one after the event; ``len(as_ofs)`` when none is."""
    passed = [(fn.col(moment) >= as_of).cast("int") for as_of in as_ofs]
    return sum(passed[1:], passed[0])


def decay(as_ofs: Sequence[int], half_life_ms: int, moment: str = "occurred_at") -> Column:
    """2 ** -(age / half life), age up to the ``as_of`` of the event's bucket."""
    dates = fn.array(*[fn.lit(as_of) for as_of in as_ofs])
    age = fn.element_at(dates, bucket(as_ofs, moment) + 1) - fn.col(moment)
    return fn.pow(fn.lit(2.0), -age / float(half_life_ms))


def fade(as_ofs: Sequence[int], half_life_ms: int, at: int) -> list[float]:
    """How much a sum of bucket 0 … ``at`` has faded by ``as_ofs[at]``: the rest of ``decay``."""
    return [2.0 ** -((as_ofs[at] - as_of) / half_life_ms) for as_of in as_ofs[: at + 1]]
