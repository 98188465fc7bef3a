"""Filters in turn: each asked about what the ones before let through, and closed when one fails."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.filtering import keep
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.pool import NO_IDS, Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.trace import Trace
from ranking_service.records import Request

QUERY = Query(Request(user_id=1), 0, NO_IDS, NO_IDS, NO_IDS)


class Without:
    """Takes some ids out and remembers what it was asked about."""

    def __init__(self, *ids, error=None):
        self.name, self.ids, self.error, self.asked = f"without {ids}", ids, error, []

    def keep(self, query, pool):
        self.asked = pool.post_ids.tolist()
        if self.error:
            raise self.error
        return ~np.isin(pool.post_ids, self.ids)


def pool_of(ids):
    ids = np.array(ids, np.int64)
    return Pool(ids, ids, ids, ids, np.ones(len(ids), np.bool_))


def trace():
    return Trace(RankMetrics(), Budget(None), 1)


@given(st.lists(st.integers(1, 20)), st.lists(st.sets(st.integers(1, 20)), max_size=4))
def test_what_stays_is_what_every_filter_keeps(ids, refused):
    mask = keep([Without(*some) for some in refused], QUERY, pool_of(ids), trace())
    assert mask.tolist() == [not any(id_ in some for some in refused) for id_ in ids]


def test_a_filter_is_asked_only_about_what_is_left():
    second = Without(3)
    keep([Without(1), second], QUERY, pool_of([1, 2, 3]), trace())
    assert second.asked == [2, 3]


def test_a_filter_that_fails_lets_nothing_through():
    notes, last = trace(), Without()
    broken = Without(error=RuntimeError("no answer"))
    mask = keep([Without(1), broken, last], QUERY, pool_of([1, 2, 3]), notes)
    assert not mask.any()
    assert last.asked == []
    assert notes.failures == ["filters/without ()"]


def test_what_was_dropped_is_noted_with_the_filter_that_did_it():
    notes = trace()
    keep([Without(1), Without(2, 3)], QUERY, pool_of([1, 2, 3, 4]), notes)
    assert [(rule, ids.tolist()) for rule, ids in notes.dropped] == [
        ("without (1,)", [1]), ("without (2, 3)", [2, 3]),
    ]  # fmt: skip


def test_without_candidates_nothing_fails():
    assert keep([Without(1)], QUERY, pool_of([]), trace()).tolist() == []
