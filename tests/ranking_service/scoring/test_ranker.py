"""From values to the order shown: what each rule did is told, and so is the place before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking_service.hydration.feature_rows import FeatureRows
from ranking_service.pipeline.pool import NO_IDS, Pool
from ranking_service.pipeline.query import Query
from ranking_service.records import Request
from ranking_service.scoring.model import Valued
from ranking_service.scoring.ranker import Judged, Ranker, places_of
from ranking_service.selection.author_decay import AuthorDecay
from ranking_service.selection.out_of_network import OutOfNetwork

QUERY = Query(Request(user_id=1, limit=5), 0, NO_IDS, NO_IDS, NO_IDS)
RANKER = Ranker(rules=(OutOfNetwork(0.75),), selector=AuthorDecay(decay=0.5, floor=0.25))
values = st.sampled_from([-2.0, -0.5, 0.0, 0.25, 1.0, 4.0])
candidates = st.lists(st.tuples(values, st.integers(1, 3), st.booleans()), max_size=20)


class Named:
    """Stands in for the model, of which a ranking keeps the names alone."""

    version, definitions_hash = "v7", "abc"


def pool_of(drawn):
    n = len(drawn)
    ids = np.random.default_rng(n).permutation(np.arange(101, 101 + n))
    authors = np.array([author for _, author, _ in drawn], np.int64)
    followed = np.array([known for _, _, known in drawn], np.bool_)
    return Pool(ids, authors, ids, np.zeros(n, np.int64), followed)


def ranked(drawn):
    n, pool = len(drawn), pool_of(drawn)
    told = np.array([value for value, _, _ in drawn], np.float64)
    rows = FeatureRows(pool.post_ids[:, None].astype(np.float32), 9)
    judged = Judged(Named(), rows, Valued(told, ("like",), (1.0,), told[:, None]), "full")
    return (
        pool,
        dict(zip(pool.post_ids.tolist(), told.tolist(), strict=True)),
        RANKER.rank(QUERY, pool, judged),
        n,
    )


@given(candidates)
def test_a_score_is_the_value_under_every_factor_that_is_told(drawn):
    _, by_id, ranking, n = ranked(drawn)
    shown, scored = ranking.pool.post_ids.tolist(), ranking.scored
    assert sorted(shown) == sorted(by_id)
    assert scored.rules == ("out_of_network", "author_decay")
    assert scored.factors.shape == (n, 2)
    for post, value, score, factors in zip(shown, scored.values, scored.scores, scored.factors, strict=True):
        assert value == by_id[post]
        whole = float(np.prod(factors))
        assert np.isclose(score, value * whole if value >= 0 else value / whole)
        assert score <= value
    assert scored.factors[:, 0].tolist() == [1.0 if known else 0.75 for known in ranking.pool.in_network]


@given(candidates)
def test_columns_stay_with_their_post(drawn):
    _, by_id, ranking, _ = ranked(drawn)
    assert ranking.scored.features[:, 0].tolist() == ranking.pool.post_ids.tolist()
    assert ranking.scored.probabilities[:, 0].tolist() == [
        by_id[post] for post in ranking.pool.post_ids.tolist()
    ]
    assert (ranking.model_version, ranking.feature_age_ms, ranking.served_by) == ("v7", 9, "full")


@given(candidates)
def test_the_place_before_the_rules_is_that_of_a_plain_sort(drawn):
    pool, by_id, ranking, _ = ranked(drawn)
    plain = sorted(by_id, key=lambda post: (-by_id[post], -post))
    told = dict(zip(ranking.pool.post_ids.tolist(), ranking.scored.before.tolist(), strict=True))
    assert [told[post] for post in plain] == list(range(len(plain)))
    alone = places_of(np.array([by_id[post] for post in pool.post_ids.tolist()], np.float64), pool)
    assert alone.tolist() == [told[post] for post in pool.post_ids.tolist()]
