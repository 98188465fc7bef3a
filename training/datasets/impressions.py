"""What was shown, and a seeded sample of it that keeps every list whole."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from feed_core.model.clock import DAY
from training.datasets.lake import column, read_table

Ints = NDArray[np.int64]
_COLUMNS = ("user_id", "post_id", "author_id", "decision_id", "position", "occurred_at")


@dataclass(frozen=True)
class Impressions:
    """n impressions in order of time, int64 (n,) each; ``queries`` is the decision, or a negative number
    for each person's day where no decision was logged."""

    users: Ints
    posts: Ints
    authors: Ints
    decisions: Ints
    positions: Ints
    times: Ints
    queries: Ints

    def __len__(self) -> int:
        return len(self.times)

    def take(self, rows: NDArray[np.bool_] | Ints) -> "Impressions":
        """The chosen rows."""
        return Impressions(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def read_impressions(home: Path, *, start: int, end: int) -> Impressions:
    """All impressions with ``start`` ≤ time < ``end`` (ms)."""
    table = read_table(home, "events", start=start, end=end, columns=_COLUMNS, actions=("impression",))
    columns = [column(table, name) for name in _COLUMNS]
    columns[4] = np.maximum(columns[4], 0)
    queries = _queries(columns[0], columns[3], columns[5])
    order = np.argsort(columns[5], kind="stable")
    return Impressions(*(values[order] for values in (*columns, queries)))


def sampled(impressions: Impressions, rows: int, seed: int) -> Impressions:
    """About ``rows`` impressions: whole queries, chosen by a hash of their number.

    So a longer period with the same share keeps the decisions of a shorter one; lists without a decision
    are numbered anew in each period, and drawn anew.
    """
    share = rows / max(1, len(impressions))
    if share >= 1:
        return impressions
    chance = _mixed(impressions.queries.view(np.uint64) ^ _mixed(np.array([seed], np.uint64))) >> np.uint64(
        11
    )
    return impressions.take(chance < np.uint64(share * 2**53))


def _queries(users: Ints, decisions: Ints, times: Ints) -> Ints:
    loose = np.flatnonzero(decisions == 0)
    queries = decisions.copy()
    days = np.column_stack([users[loose], times[loose] // DAY])
    _, place = np.unique(days, axis=0, return_inverse=True)
    queries[loose] = -1 - place.reshape(-1)
    return queries


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Splitmix64's finaliser (Steele, Lea and Flood 2014): equal chances for ids that count up."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
