"""The rungs of an answer: full or light, else the last ranking, else newest first. None is less safe.

A part that fails lowers the rung. What may be shown is decided by filters that fail closed on the
upper rungs, and by the feed core's own timeline on the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.definitions import source_code
from feed_core.model.errors import Unavailable
from feed_core.services.timelines import TimelineService
from ranking_service.hydration.feature_rows import FeatureRows, ReadFeatures
from ranking_service.hydration.post_facts import PostFacts
from ranking_service.memory.snapshots import Snapshots
from ranking_service.pipeline.filtering import keep
from ranking_service.pipeline.gathering import Gathering
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Ranking
from ranking_service.pipeline.stages import Filter
from ranking_service.pipeline.trace import StageFailed, Trace
from ranking_service.records import Rung
from ranking_service.scoring.champion import Champion
from ranking_service.scoring.model import Model
from ranking_service.scoring.ranker import Judged, Ranker

_LONGEST = 200


@dataclass(frozen=True)
class Ladder:
    """Makes the ranking of a request from the best rung that holds."""

    gathering: Gathering
    facts: PostFacts
    features: ReadFeatures
    champion: Champion
    ranker: Ranker
    snapshots: Snapshots
    timelines: TimelineService

    def ranking(self, query: Query, filters: Sequence[Filter], trace: Trace) -> Ranking:
        """Never empty while there is anything safe to show; raises ``Unavailable`` when nothing can
        be read at all."""
        try:
            ranking = self._ranked(query, filters, trace)
        except StageFailed:
            ranking = self._cached(query, filters, trace)
        return ranking if ranking is not None and len(ranking) else self.chronological(query, trace)

    def _ranked(self, query: Query, filters: Sequence[Filter], trace: Trace) -> Ranking | None:
        """None without a model or when nothing is left to rank."""
        if (model := self.champion.model()) is None:
            return None
        pool = self.candidates(query, filters, trace)
        if not len(pool):
            return None
        judged = self.judged(query, pool, model, trace)
        with trace.stage("selection"):
            return self.ranker.rank(query, pool, judged)

    def candidates(self, query: Query, filters: Sequence[Filter], trace: Trace) -> Pool:
        """What the sources offer and the filters let through; raises ``StageFailed``."""
        with trace.stage("sources"):
            post_ids, sources = self.gathering.gather(query, trace)
        with trace.stage("filters"):
            return self._vouched(query, self._facts(query, post_ids, sources, trace), filters, trace)

    def judged(self, query: Query, pool: Pool, model: Model, trace: Trace) -> Judged:
        """Feature rows and values of ``pool``; raises ``StageFailed`` when either cannot be had."""
        with trace.stage("features"):
            try:
                rows = self.features.rows(query, pool, model.features)
            except Exception as error:
                trace.failed("features", "read", error)
                raise StageFailed("Features could not be read.") from error
        with trace.stage("score"):
            try:
                valued = model.value(rows.values, query.request.knobs)
            except Exception as error:
                trace.failed("score", model.version, error)
                raise StageFailed("The model could not score.") from error
        return Judged(model, rows, valued, _rung_of(rows, trace))

    def _facts(self, query: Query, post_ids: np.ndarray, sources: np.ndarray, trace: Trace) -> Pool:
        try:
            return self.facts.pool(post_ids, sources, query.following)
        except Exception as error:
            trace.failed("hydration", "posts", error)
            raise StageFailed("Posts could not be read.") from error

    def _vouched(self, query: Query, pool: Pool, filters: Sequence[Filter], trace: Trace) -> Pool:
        failures = len(trace.failures)
        vouched = pool.take(keep(filters, query, pool, trace))
        if len(trace.failures) > failures:
            raise StageFailed("A filter failed.")
        return vouched

    def _cached(self, query: Query, filters: Sequence[Filter], trace: Trace) -> Ranking | None:
        """The person's last ranking, filtered anew; None without one, or when it cannot be vouched for."""
        try:
            last = self.snapshots.newest(query.user_id, query.now)
            if last is None or last.scored is None:
                return None
            mask = keep(filters, query, last.pool, trace)
        except Exception as error:
            trace.failed("cached", "snapshot", error)
            return None
        return last.take(np.flatnonzero(mask)).on_rung("cached")

    def chronological(self, query: Query, trace: Trace) -> Ranking:
        """The feed core's own timeline, with its own safety."""
        try:
            entries = self.timelines.page(query.user_id, _LONGEST).entries
        except Exception as error:
            trace.failed("chronological", "timeline", error)
            raise Unavailable("No timeline can be read now.", fix="Try again in a moment.") from error
        n = len(entries)
        pool = Pool(
            np.array([entry.post_id for entry in entries], np.int64),
            np.array([entry.author_id for entry in entries], np.int64),
            np.array([entry.delivered_at for entry in entries], np.int64),
            np.full(n, source_code("in_network"), np.int64),
            np.ones(n, np.bool_),
        )
        return Ranking("chronological", "", "", None, pool, None)


def _rung_of(rows: FeatureRows, trace: Trace) -> Rung:
    """Full when every part worked and features were there."""
    return "full" if rows.age_ms is not None and not trace.failures else "light"
