"""Impressions as a ranker learns from them: features, what followed, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """n impressions in order of time.

    ``features`` float32 (n, F) in the order of ``FEATURES``; ``queries``, ``users``, ``posts``, ``authors``,
    ``times``, ``created_at`` int64 (n,), times in ms; a query is a decision (or a person's day where no
    decision was logged). ``outcomes`` bool (n,) by name; ``dwell_ms`` float64 (n,); ``value`` float64 (n,) is
    the sum of the action weights of what followed; ``popularity`` float64 (n,) the value that the post
    had collected in the week before; ``logged`` bool (n,): features as served, not backfilled.
    """

    features: NDArray[np.float32]
    queries: Ints
    users: Ints
    posts: Ints
    authors: Ints
    times: Ints
    created_at: Ints
    outcomes: Mapping[str, NDArray[np.bool_]]
    dwell_ms: NDArray[np.float64]
    value: NDArray[np.float64]
    popularity: NDArray[np.float64]
    logged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.times)

    def take(self, rows: NDArray[np.bool_] | Ints | slice) -> "Examples":
        """The chosen rows: a mask, indices or a slice."""
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "outcomes"}
        outcomes = {name: outcome[rows] for name, outcome in self.outcomes.items()}
        return Examples(outcomes=outcomes, **{name: column[rows] for name, column in columns.items()})

    @property
    def gain(self) -> NDArray[np.float64]:
        """Relevance for ranking metrics (n,): the value, and 0 where it is negative."""
        return np.maximum(self.value, 0.0)
