"""Author decay against the greedy choice that it stands for."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking_service.pipeline.pool import NO_IDS, Pool
from ranking_service.pipeline.query import Query
from ranking_service.records import Request
from ranking_service.selection.author_decay import AuthorDecay

Candidate = st.tuples(st.integers(1, 4), st.sampled_from([-3.0, -0.5, 0.0, 0.1, 0.5, 0.9, 1.0, 2.0, 7.5]))


def pool_of(candidates: list[tuple[int, float]]) -> tuple[Pool, np.ndarray]:
    n = len(candidates)
    authors = np.array([author for author, _ in candidates], np.int64)
    ids = np.random.default_rng(n).permutation(np.arange(1, n + 1))
    scores = np.array([score for _, score in candidates], np.float64)
    return Pool(ids, authors, ids, np.zeros(n, np.int64), np.ones(n, np.bool_)), scores


def query(limit: int) -> Query:
    return Query(Request(user_id=99, limit=limit), 0, NO_IDS, NO_IDS, NO_IDS)


def greedy(pool: Pool, scores: np.ndarray, limit: int, longest: int) -> list[tuple[int, float]]:
    """Place by place: the best of what is left, each lowered by what its author has on this page."""
    left, chosen = set(range(len(pool))), []
    while left and len(chosen) < longest:
        on_page: Counter[int] = Counter()
        for _ in range(min(limit, longest - len(chosen), len(left))):
            best, factor = best_of(left, pool, scores, on_page)
            chosen.append((best, factor))
            on_page[int(pool.author_ids[best])] += 1
            left.remove(best)
    return chosen


def best_of(left: set[int], pool: Pool, scores: np.ndarray, on_page: Counter[int]) -> tuple[int, float]:
    """The best post of each author stands for the author; of equals the newer one."""
    heads: dict[int, int] = {}
    for i in sorted(left, key=lambda i: (scores[i], pool.post_ids[i])):
        heads[int(pool.author_ids[i])] = i
    factors = {i: max(0.25, 0.5 ** on_page[author]) for author, i in heads.items()}
    lowered = {i: float(scores[i] * f if scores[i] >= 0 else scores[i] / f) for i, f in factors.items()}
    best = max(factors, key=lambda i: (lowered[i], pool.post_ids[i]))
    return best, factors[best]


@given(st.lists(Candidate, max_size=40), st.integers(1, 12), st.integers(1, 50))
def test_the_sort_chooses_what_the_greedy_choice_chooses(candidates, limit, longest):
    pool, scores = pool_of(candidates)
    order, factors = AuthorDecay(longest=longest).select(query(limit), pool, scores)
    expected = greedy(pool, scores, limit, longest)
    lowered = [s * f if s >= 0 else s / f for s, f in zip(scores[order], factors[order], strict=True)]
    oracle = [scores[i] * f if scores[i] >= 0 else scores[i] / f for i, f in expected]
    assert np.allclose(lowered, oracle)
    assert [int(i) for i in order] == [i for i, _ in expected]


def test_a_third_post_of_an_author_counts_a_quarter_and_the_next_page_starts_anew():
    pool, scores = pool_of([(1, 8.0), (1, 8.0), (1, 8.0), (1, 8.0), (2, 3.0)])
    order, factors = AuthorDecay().select(query(3), pool, scores)
    assert pool.author_ids[order].tolist() == [1, 1, 2, 1, 1]
    assert factors[order].tolist() == [1.0, 0.5, 1.0, 1.0, 0.5]


def test_a_negative_score_is_never_lifted():
    pool, scores = pool_of([(1, -1.0), (1, -1.0)])
    order, factors = AuthorDecay().select(query(10), pool, scores)
    assert factors[order].tolist() == [1.0, 0.5]


def test_no_candidates_are_no_error():
    pool, scores = pool_of([])
    order, factors = AuthorDecay().select(query(10), pool, scores)
    assert len(order) == len(factors) == 0


def test_what_is_longer_than_the_longest_list_is_left_out():
    pool, scores = pool_of([(n, float(n)) for n in range(1, 31)])
    order, _ = AuthorDecay(longest=20).select(query(7), pool, scores)
    assert scores[order].tolist() == [float(n) for n in range(30, 10, -1)]
