"""Logs what was shown, where, why and with which feature values: what training learns from."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.definitions import SOURCES
from feed_core.model.events import Decision
from feed_core.services.impressions import ImpressionService
from ranking_service.pipeline.ranking import Page


@dataclass(frozen=True)
class LogImpressions:
    """One decision a page and one impression a post, before the answer is sent."""

    impressions: ImpressionService
    name: str = "impressions"

    def run(self, pages: Sequence[Page]) -> None:
        """Durable when it returns."""
        self.impressions.log_shown([decision_of(page) for page in pages])()


def decision_of(page: Page) -> Decision:
    """The page as it goes into the log. Order is deterministic, so each propensity is 1."""
    shown, pool = page.shown, page.shown.pool
    scored = shown.scored
    return Decision(
        decision_id=page.decision_id,
        occurred_at=page.query.now,
        user_id=page.query.user_id,
        surface=page.query.request.surface,
        served_by=shown.served_by,
        model_version=shown.model_version,
        definitions_hash=shown.definitions_hash,
        post_ids=tuple(pool.post_ids.tolist()),
        author_ids=tuple(pool.author_ids.tolist()),
        positions=tuple(page.positions.tolist()),
        sources=tuple(SOURCES[code] for code in pool.sources.tolist()),
        scores=() if scored is None else tuple(scored.scores.tolist()),
        propensities=(1.0,) * len(pool),
        features=b"" if scored is None else scored.features.astype("<f4").tobytes(),
    )
