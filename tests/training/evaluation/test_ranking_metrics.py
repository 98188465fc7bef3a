"""The vectorised metrics equal the textbook loops, on any lists."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput
from training.evaluation import Expected, average_precision, hit_rate, mean_gain, ndcg, rank_rows, recall
from training.evaluation.ranking_metrics import metric_of

Query = list[tuple[float, float]]
"""Rows of one query: (score, relevance)."""

rows = st.lists(
    st.tuples(st.integers(-5, 5).map(float), st.sampled_from([0.0, 0.0, 1.0, 4.0])), min_size=1, max_size=12
)
queries = st.lists(rows, min_size=1, max_size=6)


def _flat(lists: list[Query]) -> tuple[list[float], list[int], list[float]]:
    flat = [(score, 7 * q, gain) for q, query in enumerate(lists) for score, gain in query]
    order = np.random.default_rng(1).permutation(len(flat))
    scores, names, gains = zip(*(flat[i] for i in order), strict=True)
    return list(scores), list(names), list(gains)


def _distinct(lists: list[Query]) -> list[Query]:
    """The same lists without equal scores, since chance orders those."""
    return [[(score + i * 1e-3, gain) for i, (score, gain) in enumerate(query)] for query in lists]


def _gains(query: Query, missed: int = 0) -> list[float]:
    ranked = [gain for _, gain in sorted(query, key=lambda row: -row[0])]
    return ranked + [0.0] * 1_000 + [1.0] * missed


def _dcg(gains: list[float], k: int) -> float:
    return sum(gain / math.log2(i + 2) for i, gain in enumerate(gains[:k]))


def _ndcg(gains: list[float], k: int) -> float:
    best = _dcg(sorted(gains, reverse=True), k)
    return _dcg(gains, k) / best if best else math.nan


def _average_precision(gains: list[float], k: int) -> float:
    relevant = sum(gain > 0 for gain in gains)
    hits, total = 0, 0.0
    for i, gain in enumerate(gains[:k]):
        if gain > 0:
            hits += 1
            total += hits / (i + 1)
    return total / min(relevant, k) if relevant else math.nan


def _recall(gains: list[float], k: int) -> float:
    relevant = sum(gain > 0 for gain in gains)
    return sum(gain > 0 for gain in gains[:k]) / relevant if relevant else math.nan


def _hit_rate(gains: list[float], k: int) -> float:
    return float(any(gain > 0 for gain in gains[:k])) if any(gains) else math.nan


ORACLES = [(ndcg, _ndcg), (average_precision, _average_precision), (recall, _recall), (hit_rate, _hit_rate)]


@settings(deadline=None)
@given(lists=queries.map(_distinct), k=st.integers(1, 15))
@pytest.mark.parametrize(("metric", "oracle"), ORACLES)
def test_metrics_equal_their_oracle(metric, oracle, lists, k) -> None:
    found = metric(rank_rows(*_flat(lists)), k)
    np.testing.assert_allclose(found, [oracle(_gains(query), k) for query in lists])


@settings(deadline=None)
@given(lists=queries.map(_distinct), k=st.integers(1, 15), data=st.data())
@pytest.mark.parametrize(("metric", "oracle"), ORACLES)
def test_items_that_were_no_candidate_count_as_missed(metric, oracle, lists, k, data) -> None:
    missed = data.draw(st.lists(st.integers(0, 3), min_size=len(lists), max_size=len(lists)))
    positives = [sum(gain > 0 for _, gain in query) + more for query, more in zip(lists, missed, strict=True)]
    expected = Expected(np.arange(len(lists))[::-1] * 7, np.asarray(positives)[::-1])
    found = metric(rank_rows(*_flat(lists), expected=expected), k)
    np.testing.assert_allclose(found, [oracle(_gains(q, m), k) for q, m in zip(lists, missed, strict=True)])


@settings(deadline=None)
@given(lists=queries, k=st.integers(1, 15))
def test_values_lie_between_0_and_1_and_only_queries_without_relevant_items_are_nan(lists, k) -> None:
    ranking = rank_rows(*_flat(lists))
    empty = [not any(gain for _, gain in query) for query in lists]
    for metric, _ in ORACLES:
        value = metric(ranking, k)
        assert np.array_equal(np.isnan(value), empty)
        assert np.all((value[~np.isnan(value)] >= 0) & (value[~np.isnan(value)] <= 1 + 1e-12))


@settings(deadline=None)
@given(lists=queries)
def test_scoring_by_relevance_is_perfect(lists) -> None:
    _, names, gains = _flat(lists)
    value = ndcg(rank_rows(gains, names, gains), 10)
    np.testing.assert_allclose(value[~np.isnan(value)], 1.0)


def test_a_query_without_candidates_found_nothing() -> None:
    expected = Expected(np.array([1, 2]), np.array([1, 3]))
    ranking = rank_rows([1.0], [1], [1.0], expected=expected)
    assert recall(ranking, 5).tolist() == [1.0, 0.0]
    assert ndcg(ranking, 5).tolist() == [1.0, 0.0]
    assert hit_rate(ranking, 5).tolist() == [1.0, 0.0]


def test_equal_scores_are_ordered_by_chance_not_by_the_input() -> None:
    names = np.repeat(np.arange(4_000), 2)
    gains = np.tile([1.0, 0.0], 4_000)
    value = hit_rate(rank_rows(np.zeros(8_000), names, gains), 1).mean()
    assert abs(value - 0.5) < 0.05


def test_the_same_seed_breaks_ties_the_same_way() -> None:
    names, gains = np.repeat(np.arange(50), 4), np.tile([1.0, 0.0, 0.0, 0.0], 50)
    first, again, other = (rank_rows(np.zeros(200), names, gains, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.relevance, again.relevance)
    assert not np.array_equal(first.relevance, other.relevance)


def test_mean_gain_also_counts_queries_without_a_relevant_item() -> None:
    ranking = rank_rows([3, 2, 1, 1], [1, 1, 1, 2], [4, 0, 1, 0])
    assert mean_gain(ranking, 2).tolist() == [2.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (([1.0, 2.0], [1], [0.0]), "Shapes"),
        (([float("nan")], [1], [0.0]), "finite"),
        (([1.0], [1], [-1.0]), "negative"),
    ],
)
def test_bad_rows_are_refused_by_name(arguments, word) -> None:
    with pytest.raises(InvalidInput, match=word):
        rank_rows(*arguments)


@pytest.mark.parametrize(
    ("queries_", "positives", "word"),
    [([1, 1], [1, 1], "twice"), ([2], [1], "query 1"), ([1], [0], "more relevant")],
)
def test_expectations_that_contradict_the_rows_are_refused(queries_, positives, word) -> None:
    with pytest.raises(InvalidInput, match=word):
        rank_rows([1.0], [1], [1.0], expected=Expected(np.array(queries_), np.array(positives)))


def test_k_below_one_and_unknown_metrics_are_refused() -> None:
    with pytest.raises(InvalidInput, match="k is 0"):
        ndcg(rank_rows([1.0], [1], [1.0]), 0)
    for name in ("ndcg", "ndcg@0", "precision@3", "ndcg@x"):
        with pytest.raises(InvalidInput, match="no metric"):
            metric_of(name)
