"""Sources side by side and one after the other."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from features.definitions import source_code
from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.gathering import Gathering
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.trace import StageFailed, Trace
from ranking_service.records import Request

QUERY = Query(Request(user_id=1), 0, NO_IDS, NO_IDS, NO_IDS)


@dataclass
class Fixed:
    """Finds what it was given, once ``go`` is set."""

    name: str
    ids: list[int]
    quota: int = 100
    seconds: float = 30.0
    error: Exception | None = None
    go: threading.Event = field(default_factory=threading.Event)
    threads: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.go.set()

    def find(self, query):
        self.go.wait()
        self.threads.append(threading.current_thread().name)
        if self.error is not None:
            raise self.error
        return np.array(self.ids, np.int64)


def trace(seconds=None):
    return Trace(RankMetrics(), Budget(seconds), 1)


@pytest.fixture(params=[True, False], ids=["parallel", "in turn"])
def parallel(request):
    return request.param


def test_candidates_stand_in_the_order_of_the_sources(parallel):
    gathering = Gathering([Fixed("in_network", [1, 2]), Fixed("trending", [3, 1])], parallel=parallel)
    ids, sources = gathering.gather(QUERY, trace())
    gathering.close()
    assert ids.tolist() == [1, 2, 3, 1]
    codes = [source_code("in_network")] * 2 + [source_code("trending")] * 2
    assert sources.tolist() == codes


def test_a_source_brings_no_more_than_its_quota(parallel):
    gathering = Gathering([Fixed("in_network", list(range(1, 50)), quota=7)], parallel=parallel)
    assert gathering.gather(QUERY, trace())[0].tolist() == list(range(1, 8))
    gathering.close()


def test_a_source_that_fails_is_noted_and_left_out(parallel):
    notes = trace()
    broken = Fixed("trending", [], error=OSError("disk"))
    gathering = Gathering([broken, Fixed("in_network", [5])], parallel=parallel)
    assert gathering.gather(QUERY, notes)[0].tolist() == [5]
    gathering.close()
    assert notes.failures == ["sources/trending"]


def test_when_every_source_fails_the_stage_has_failed(parallel):
    gathering = Gathering([Fixed("trending", [], error=OSError("disk"))], parallel=parallel)
    with pytest.raises(StageFailed):
        gathering.gather(QUERY, trace())
    gathering.close()


def test_sources_that_find_nothing_are_no_failure(parallel):
    gathering = Gathering([Fixed("trending", [])], parallel=parallel)
    ids, sources = gathering.gather(QUERY, trace())
    gathering.close()
    assert len(ids) == len(sources) == 0


def test_a_slow_source_is_left_out_when_its_time_is_over():
    slow, notes = Fixed("trending", [9], seconds=0.01), trace()
    slow.go.clear()
    gathering = Gathering([Fixed("in_network", [5]), slow], parallel=True)
    ids, _ = gathering.gather(QUERY, notes)
    slow.go.set()
    gathering.close()
    assert ids.tolist() == [5]
    assert notes.failures == ["sources/trending"]


def test_the_budget_of_the_request_bounds_every_source():
    slow, notes = Fixed("trending", [9], seconds=30.0), trace(0.02)
    slow.go.clear()
    gathering = Gathering([slow, Fixed("in_network", [5])], parallel=True)
    ids, _ = gathering.gather(QUERY, notes)
    slow.go.set()
    gathering.close()
    assert 9 not in ids.tolist()
    assert "sources/trending" in notes.failures


def test_stuck_sources_do_not_take_the_threads_of_the_others():
    stuck = Fixed("trending", [9], seconds=0.005)
    stuck.go.clear()
    gathering = Gathering([Fixed("in_network", [5]), stuck], parallel=True)
    found = [gathering.gather(QUERY, trace())[0].tolist() for _ in range(6)]
    stuck.go.set()
    gathering.close()
    assert found == [[5]] * 6


def test_in_turn_sources_run_in_the_calling_thread():
    source = Fixed("in_network", [1])
    Gathering([source], parallel=False).gather(QUERY, trace())
    assert source.threads == [threading.current_thread().name]
