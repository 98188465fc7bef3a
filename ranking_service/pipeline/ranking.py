"""A ranked list and one page of it, as columns; what snapshots keep and what ``why`` is told from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranking_service.pipeline.pool import Ids, Pool
from ranking_service.pipeline.query import Query
from ranking_service.records import Rung


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model and the rules said about n posts.

    ``values`` and ``scores`` float64 (n,) before and after the rules; ``before`` int64 (n,) the place by
    value alone; ``factors`` float64 (n, R) by ``rules``; ``probabilities`` float64 (n, H) by ``actions``,
    with their ``weights``; ``features`` float32 (n, F), the rows that the model read.
    """

    values: NDArray[np.float64]
    scores: NDArray[np.float64]
    before: Ids
    rules: tuple[str, ...]
    factors: NDArray[np.float64]
    actions: tuple[str, ...]
    weights: tuple[float, ...]
    probabilities: NDArray[np.float64]
    features: NDArray[np.float32]

    def take(self, index: NDArray[np.intp]) -> "Scored":
        """The rows at ``index``, in its order."""
        return replace(
            self, values=self.values[index], scores=self.scores[index], before=self.before[index],
            factors=self.factors[index], probabilities=self.probabilities[index],
            features=self.features[index],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranking:
    """Posts in the order in which they are to be shown; ``scored`` is None when newest comes first."""

    served_by: Rung
    model_version: str
    definitions_hash: str
    feature_age_ms: int | None
    pool: Pool
    scored: Scored | None

    def __len__(self) -> int:
        return len(self.pool)

    def take(self, index: NDArray[np.intp]) -> "Ranking":
        """The posts at ``index``, in its order."""
        scored = None if self.scored is None else self.scored.take(index)
        return replace(self, pool=self.pool.take(index), scored=scored)

    def on_rung(self, served_by: Rung) -> "Ranking":
        """The same list, served by another rung."""
        return replace(self, served_by=served_by)


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer shows: ``shown`` posts at ``positions`` (m,) int64 from 0 across pages.

    ``snapshot`` is the whole ranking when a following page needs it; ``snapshot_id`` names it.
    """

    query: Query
    decision_id: int
    shown: Ranking
    positions: Ids
    snapshot_id: int
    snapshot: Ranking | None
    next_cursor: str
