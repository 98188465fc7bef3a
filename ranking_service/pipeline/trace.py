"""What happened to one request on its way: times, failures, what was dropped and by whom."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.pool import Ids

_log = structlog.get_logger("loupe.rank")


class StageFailed(Exception):
    """A stage could not do its work; the answer comes from a lower rung."""


class Trace:
    """Notes of one request; ``failures`` lists "stage/part"."""

    def __init__(self, metrics: RankMetrics, budget: Budget, user_id: int) -> None:
        self.budget = budget
        self.failures: list[str] = []
        self.dropped: list[tuple[str, Ids]] = []
        self._metrics = metrics
        self._user_id = user_id

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; raises ``StageFailed`` at once when no budget is left."""
        if self.budget.spent:
            self.failed(name, "budget", None)
            raise StageFailed(f"No time was left for {name}.")
        with self.timed(name):
            yield

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a stage that runs whatever the budget."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._metrics.seconds.labels(name).observe(time.perf_counter() - started)

    def failed(self, stage: str, part: str, error: BaseException | None) -> None:
        """Note that a part failed or ran out of time (``error`` None)."""
        self.failures.append(f"{stage}/{part}")
        self._metrics.failures.labels(stage, part).inc()
        told = "out of time" if error is None else repr(error)
        _log.warning("part failed", stage=stage, part=part, user_id=self._user_id, error=told)

    def found(self, source: str, count: int) -> None:
        """Note how many candidates a source brought."""
        self._metrics.found.labels(source).inc(count)

    def drop(self, rule: str, post_ids: Ids) -> None:
        """Note the posts that a filter took out."""
        if len(post_ids):
            self.dropped.append((rule, post_ids))
            self._metrics.dropped.labels(rule).inc(len(post_ids))
