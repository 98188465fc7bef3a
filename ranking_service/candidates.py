"""Scores of candidates that the caller brings: filtered for safety, valued one by one, best first."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from features.definitions import source_code
from features.online.keys import among
from feed_core.model.errors import InvalidInput
from feed_core.model.rules import check_ids
from ranking_service.ladder import Ladder
from ranking_service.pipeline.filtering import vouched
from ranking_service.pipeline.pool import Ids, Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.pipeline.stages import Filter
from ranking_service.pipeline.trace import StageFailed, Trace
from ranking_service.records import Dropped, ScoredPost, Scores
from ranking_service.scoring.model import Model
from ranking_service.scoring.ranker import Judged, places_of
from ranking_service.why import reasons

MOST = 1_000
_FOLLOWED, _CALLER = source_code("in_network"), source_code("caller")


@dataclass(frozen=True)
class ScoreCandidates:
    """Orders by value alone: rules of the feed, such as author decay, are not applied."""

    ladder: Ladder
    filters: Sequence[Filter]

    def scores(self, query: Query, post_ids: Ids, trace: Trace, *, why: bool) -> Scores:
        """``post_ids`` have passed ``checked_candidates``. Raises ``Unavailable`` when it cannot be
        checked what may be shown."""
        pool = self._pool(query, post_ids)
        kept = pool.take(vouched(self.filters, query, pool, trace))
        ranking = self._ranking(query, kept, trace)
        return Scores(
            user_id=query.user_id,
            items=_items(ranking, self.ladder.champion.model() if why else None, why=why),
            dropped=tuple(
                Dropped(post_id=id_, reason=rule) for rule, ids in trace.dropped for id_ in ids.tolist()
            ),
            served_by=ranking.served_by,
            feature_age_ms=ranking.feature_age_ms,
            model_version=ranking.model_version,
        )

    def _pool(self, query: Query, post_ids: Ids) -> Pool:
        facts = self.ladder.facts.pool(post_ids, np.zeros_like(post_ids), query.following)
        followed = among(facts.author_ids, query.following)
        sources = np.where(followed, _FOLLOWED, _CALLER)
        return Pool(post_ids, facts.author_ids, facts.created_at, sources, followed)

    def _ranking(self, query: Query, pool: Pool, trace: Trace) -> Ranking:
        model = self.ladder.champion.model()
        if model is not None and len(pool):
            with suppress(StageFailed):
                return _by_value(self.ladder.judged(query, pool, model, trace), pool)
        newest = np.lexsort((-pool.post_ids, -pool.created_at))
        return Ranking("chronological", "", "", None, pool, None).take(newest)


def _by_value(judged: Judged, pool: Pool) -> Ranking:
    valued, places = judged.valued, places_of(judged.valued.values, pool)
    scored = Scored(
        values=valued.values, scores=valued.values, before=places, rules=(), factors=np.ones((len(pool), 0)),
        actions=valued.actions, weights=valued.weights, probabilities=valued.probabilities,
        features=judged.rows.values,
    )  # fmt: skip
    return judged.ranking(pool, scored).take(np.argsort(places))


def checked_candidates(post_ids: Sequence[int]) -> Ids:
    """1 to 1,000 ids as int64; raises ``InvalidInput`` for other numbers of them and for what is no id."""
    if not 1 <= len(post_ids) <= MOST:
        raise InvalidInput(f"{len(post_ids):,} candidates were sent.", fix=f"Send 1 to {MOST:,} post ids.")
    try:
        ids = np.array(post_ids)
    except ValueError as error:
        raise InvalidInput("The post ids are no plain list.", fix="Send one whole number a post.") from error
    if ids.dtype != np.int64 or ids.ndim != 1 or ids.min() < 1:
        check_ids(post_ids, "post id")
    return ids.astype(np.int64, copy=False)


def _items(ranking: Ranking, model: Model | None, *, why: bool) -> tuple[ScoredPost, ...]:
    ids = ranking.pool.post_ids.tolist()
    scores = [None] * len(ids) if ranking.scored is None else ranking.scored.scores.tolist()
    told = reasons(ranking, np.arange(len(ids)), model) if why else [None] * len(ids)
    return tuple(
        ScoredPost(post_id=id_, score=score, why=reason)
        for id_, score, reason in zip(ids, scores, told, strict=True)
    )
