"""Notes of one request, and the metrics that they become."""

import pytest
from prometheus_client import CollectorRegistry

from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.pipeline.trace import StageFailed, Trace


@pytest.fixture
def registry():
    return CollectorRegistry()


def trace(registry, seconds=None):
    return Trace(RankMetrics(registry), Budget(seconds), 7)


def test_a_stage_is_timed_also_when_it_fails(registry):
    notes = trace(registry)
    with pytest.raises(ValueError, match="x"), notes.stage("score"):
        raise ValueError("x")
    assert registry.get_sample_value("loupe_rank_stage_seconds_count", {"stage": "score"}) == 1


def test_a_stage_without_time_left_does_not_begin(registry):
    notes = trace(registry, 0.0)
    begun = []
    with pytest.raises(StageFailed), notes.stage("score"):
        begun.append(True)
    assert begun == []
    assert notes.failures == ["score/budget"]


def test_what_must_run_runs_without_time_left(registry):
    with trace(registry, 0.0).timed("hydration"):
        pass
    assert registry.get_sample_value("loupe_rank_stage_seconds_count", {"stage": "hydration"}) == 1


def test_failures_are_counted_by_stage_and_part(registry):
    trace(registry).failed("sources", "trending", OSError("disk"))
    labels = {"stage": "sources", "part": "trending"}
    assert registry.get_sample_value("loupe_rank_failures_total", labels) == 1


def test_dropping_nothing_is_no_note(registry):
    notes = trace(registry)
    notes.drop("seen", NO_IDS)
    assert notes.dropped == []


def test_without_a_limit_there_is_always_time():
    assert not Budget(None).spent
    assert Budget(None).left == float("inf")
    assert Budget(0.0).spent
    assert 0 < Budget(60.0).left <= 60
