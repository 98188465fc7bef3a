"""The features of all candidates: one read, one matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES, Names
from features.matrix import Candidates, FeatureReader, RequestContext
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """``values`` float32 (n, F); ``age_ms`` of the newest dated row that was read, None without one."""

    values: NDArray[np.float32]
    age_ms: int | None


@dataclass(frozen=True)
class ReadFeatures:
    """Reads online rows through the one reader that training's backfill shares."""

    reader: FeatureReader

    def rows(self, query: Query, pool: Pool, names: Names = FEATURE_NAMES) -> FeatureRows:
        """The rows of ``pool``, a column a feature; a row depends on (person, post, request) alone."""
        context = RequestContext(query.user_id, query.now, query.following)
        candidates = Candidates(
            pool.post_ids, pool.author_ids, pool.created_at, pool.sources, pool.in_network
        )
        matrix = self.reader.read(context, candidates, names)
        age = max(0, query.now - matrix.newest) if matrix.newest else None
        return FeatureRows(matrix.values, age)
