"""Lists without a candidate, cutoffs at their bounds, and what no metric may depend on."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput
from tests.training.evaluation.test_ranking_metrics import ORACLES, Query, _distinct, _flat, _gains
from training.evaluation import Expected, compare, hit_rate, mean_gain, ndcg, rank_rows, recall
from training.evaluation.ranking_metrics import METRICS, metric_of

rows = st.lists(st.tuples(st.integers(-5, 5).map(float), st.sampled_from([0.0, 1.0, 4.0])), max_size=8)
lists_of_rows = st.lists(rows, min_size=1, max_size=5).map(_distinct)
MOST = 10**12


def _rows_of(lists: list[Query]) -> tuple[list[float], list[int], list[float]]:
    return _flat(lists) if any(lists) else ([], [], [])


@settings(max_examples=20)
@given(lists=lists_of_rows, k=st.integers(1, 10), data=st.data())
@pytest.mark.parametrize(("metric", "oracle"), ORACLES)
def test_a_list_without_any_candidate_counts_like_one_that_found_nothing(
    metric, oracle, lists, k, data
) -> None:
    missed = data.draw(st.lists(st.integers(0, 3), min_size=len(lists), max_size=len(lists)))
    positives = [sum(gain > 0 for _, gain in query) + more for query, more in zip(lists, missed, strict=True)]
    expected = Expected(np.arange(len(lists)) * 7, np.asarray(positives))
    found = metric(rank_rows(*_rows_of(lists), expected=expected), k)
    np.testing.assert_allclose(found, [oracle(_gains(q, m), k) for q, m in zip(lists, missed, strict=True)])


def _mean_gain(query: Query, k: int) -> float:
    first = [gain for _, gain in sorted(query, key=lambda row: -row[0])][:k]
    return sum(first) / len(first) if first else math.nan


@settings(max_examples=25)
@given(lists=lists_of_rows, k=st.integers(1, 10), more=st.integers(0, 2))
def test_mean_gain_is_that_of_the_shown_rows_whatever_was_missed(lists, k, more) -> None:
    positives = np.array([sum(gain > 0 for _, gain in query) + more for query in lists])
    ranking = rank_rows(*_rows_of(lists), expected=Expected(np.arange(len(lists)) * 7, positives))
    np.testing.assert_allclose(mean_gain(ranking, k), [_mean_gain(query, k) for query in lists])


@settings(max_examples=20)
@given(lists=lists_of_rows.filter(any))
def test_a_longer_page_never_finds_less(lists) -> None:
    ranking = rank_rows(*_rows_of(lists))
    for metric in (recall, hit_rate):
        found = np.array([metric(ranking, k) for k in range(1, 12)])
        known = found[:, ~np.isnan(found[0])]
        assert (np.diff(known, axis=0) >= 0).all()


@settings(max_examples=20)
@given(lists=lists_of_rows.filter(any), scale=st.sampled_from([0.5, 3.0, 1e6]), data=st.data())
def test_neither_the_order_of_rows_nor_the_scale_of_scores_and_gains_matters(lists, scale, data) -> None:
    scores, names, gains = map(np.array, _rows_of(lists))
    order = np.array(data.draw(st.permutations(range(len(scores)))))
    moved = rank_rows(scores[order] * scale - 7, names[order], gains[order] * scale)
    for metric in METRICS.values():
        np.testing.assert_allclose(metric(moved, 4), metric(rank_rows(scores, names, gains), 4))


@pytest.mark.parametrize("name", METRICS)
def test_a_page_longer_than_every_list_is_the_whole_list(name: str) -> None:
    ranking = rank_rows([3, 2, 1, 5], [1, 1, 1, 2], [0, 4, 1, 1])
    np.testing.assert_array_equal(METRICS[name](ranking, MOST), METRICS[name](ranking, 3))


@pytest.mark.parametrize("name", METRICS)
def test_no_rows_at_all_have_no_values(name: str) -> None:
    assert METRICS[name](rank_rows([], [], []), 3).shape == (0,)


def test_ids_of_queries_may_be_any_64_bit_numbers() -> None:
    names = np.array([(1 << 63) - 1, -(1 << 63), 0, -1])
    ranking = rank_rows([1.0] * 4, names, [1.0, 0.0, 2.0, 0.0])
    assert ranking.queries.tolist() == sorted(names.tolist())
    np.testing.assert_array_equal(ndcg(ranking, 1), [np.nan, np.nan, 1.0, 1.0])


def test_chance_orders_equal_scores_alike_for_every_recommender() -> None:
    names, gains = np.repeat(np.arange(40), 5), np.tile([1.0, 0, 0, 0, 0], 40)
    flat = {"none": np.zeros(200), "also none": np.ones(200)}
    table = compare(flat, names, gains, metrics=("ndcg@3", "hit_rate@1"), resamples=20)
    for metric in ("ndcg@3", "hit_rate@1"):
        lead = table.lead("also none", metric)
        assert (lead.mean, lead.low, lead.high) == (0, 0, 0)


def test_whose_query_it_is_may_be_told_in_any_order_and_of_more_queries_than_there_are() -> None:
    rng = np.random.default_rng(0)
    names, gains, scores = np.repeat(np.arange(30), 4), rng.integers(0, 2, 120), rng.random(120)
    known = np.arange(-5, 40)
    owners = known // 3
    straight = compare({"a": scores}, names, gains, metrics=("ndcg@3",), users=(known, owners))
    order = rng.permutation(len(known))
    mixed = compare({"a": scores}, names, gains, metrics=("ndcg@3",), users=(known[order], owners[order]))
    assert mixed == straight
    assert straight.rows[0].interval.users <= 10


def test_a_comparison_in_which_nothing_was_relevant_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No query has a relevant item"):
        compare({"a": [1.0, 2.0]}, [1, 2], [0.0, 0.0])


@pytest.mark.parametrize(
    "name", ["", "@", "ndcg@", "@10", "ndcg@-1", "ndcg@+3", "ndcg@1.0", "ndcg@1@2", "NDCG@3"]
)
def test_a_name_that_is_nearly_a_metric_is_refused_and_the_error_says_how_one_looks(name: str) -> None:
    with pytest.raises(InvalidInput, match="no metric") as refused:
        metric_of(name)
    assert "ndcg@20" in refused.value.fix
