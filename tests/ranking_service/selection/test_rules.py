"""Rules that look at one candidate."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking_service.pipeline.pool import NO_IDS, Pool
from ranking_service.pipeline.query import Query
from ranking_service.records import Request
from ranking_service.selection.lowering import lowered
from ranking_service.selection.out_of_network import OutOfNetwork

QUERY = Query(Request(user_id=1), 0, NO_IDS, NO_IDS, NO_IDS)
Numbers = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(Numbers, st.floats(0.01, 1.0)), max_size=20))
def test_a_factor_never_lifts_a_score(pairs):
    scores = np.array([score for score, _ in pairs])
    factors = np.array([factor for _, factor in pairs])
    assert (lowered(scores, factors) <= scores).all()


@given(Numbers, Numbers, st.floats(0.01, 1.0))
def test_a_factor_for_all_keeps_the_order(one, other, factor):
    scores = np.array(sorted([one, other]))
    assert np.diff(lowered(scores, np.full(2, factor)))[0] >= 0


def test_who_is_not_followed_counts_three_quarters():
    ids = np.arange(1, 4)
    pool = Pool(ids, ids, ids, ids, np.array([True, False, True]))
    assert OutOfNetwork().factors(QUERY, pool).tolist() == [1.0, 0.75, 1.0]
    assert OutOfNetwork(0.5).factors(QUERY, pool).tolist() == [1.0, 0.5, 1.0]
