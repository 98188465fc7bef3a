"""Score and select: from a pool that may be shown to the order in which it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking_service.hydration.feature_rows import FeatureRows
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.pipeline.stages import Rule, Selector
from ranking_service.records import Rung
from ranking_service.scoring.model import Model, Valued
from ranking_service.selection.lowering import lowered


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model said about a pool: ``rows`` and ``valued`` in its order, and the rung they are worth."""

    model: Model
    rows: FeatureRows
    valued: Valued
    served_by: Rung

    def ranking(self, pool: Pool, scored: Scored) -> Ranking:
        """``pool`` in its own order, as ``scored``."""
        model = self.model
        return Ranking(self.served_by, model.version, model.definitions_hash, self.rows.age_ms, pool, scored)


@dataclass(frozen=True)
class Ranker:
    """Applies the model, then the rules in order, then the selector."""

    rules: Sequence[Rule]
    selector: Selector

    def rank(self, query: Query, pool: Pool, judged: Judged) -> Ranking:
        """The ranking of ``pool``."""
        valued = judged.valued
        scores, factors = valued.values, []
        for rule in self.rules:
            factors.append(rule.factors(query, pool))
            scores = lowered(scores, factors[-1])
        order, decays = self.selector.select(query, pool, scores)
        scored = Scored(
            values=valued.values,
            scores=lowered(scores, decays),
            before=places_of(valued.values, pool),
            rules=(*(rule.name for rule in self.rules), self.selector.name),
            factors=np.stack([*factors, decays], axis=1),
            actions=valued.actions,
            weights=valued.weights,
            probabilities=valued.probabilities,
            features=judged.rows.values,
        )
        return judged.ranking(pool, scored).take(order)


def places_of(values: NDArray[np.float64], pool: Pool) -> NDArray[np.int64]:
    """The place of each post by value alone, from 0; equal values fall to the newer id."""
    places = np.empty(len(pool), np.int64)
    places[np.lexsort((-pool.post_ids, -values))] = np.arange(len(pool))
    return places
