"""Side effects, in order, before the answer is sent: durable, and cheap because pages are written together.

An effect that fails never withholds the answer; the answer stops promising what the effect would keep.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

import structlog

from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.ranking import Page
from ranking_service.pipeline.stages import SideEffect

_log = structlog.get_logger("loupe.rank")


class Aftermath:
    """Runs ``effects`` for pages that show something."""

    def __init__(self, effects: Sequence[SideEffect], metrics: RankMetrics) -> None:
        self._effects = tuple(effects)
        self._metrics = metrics

    def run(self, pages: Sequence[Page]) -> list[Page]:
        """The pages as they may be sent: without ``decision_id`` when it was not logged, without a
        cursor when the snapshot was not kept."""
        shown = [page for page in pages if page.decision_id]
        started = time.perf_counter()
        failed = {effect.name for effect in self._effects if shown and not self._done(effect, shown)}
        self._metrics.seconds.labels("effects").observe(time.perf_counter() - started)
        if "snapshots" in failed:
            pages = [replace(page, next_cursor="") if page.snapshot else page for page in pages]
        if "impressions" in failed:
            pages = [replace(page, decision_id=0) for page in pages]
        return list(pages)

    def _done(self, effect: SideEffect, pages: Sequence[Page]) -> bool:
        try:
            effect.run(pages)
        except Exception as error:
            self._metrics.failures.labels("effects", effect.name).inc()
            decisions = [page.decision_id for page in pages]
            _log.warning(
                "part failed", stage="effects", part=effect.name, decisions=decisions, error=repr(error)
            )
            return False
        return True
