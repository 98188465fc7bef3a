"""A comparison judges every recommender on the same queries and finds who leads."""

import numpy as np
import pytest

from feed_core.model.errors import InvalidInput
from training.evaluation import Expected, compare, mean_interval, ndcg, paired_difference, rank_rows

RNG = np.random.default_rng(0)
QUERIES = np.repeat(np.arange(300), 10)
GAINS = (RNG.random(3_000) < 0.2).astype(float)
GOOD = GAINS + RNG.normal(0, 0.5, 3_000)
NOISE = RNG.random(3_000)
USERS = (np.arange(300), np.arange(300) % 100)


def test_the_informed_recommender_leads_over_noise() -> None:
    table = compare({"good": GOOD, "noise": NOISE}, QUERIES, GAINS, users=USERS)
    assert table.interval("good", "ndcg@10").above(table.interval("noise", "ndcg@10"))
    assert table.lead("noise", "map@10").low > 0


def test_cells_equal_the_functions_called_by_hand() -> None:
    table = compare({"good": GOOD, "noise": NOISE}, QUERIES, GAINS, metrics=("ndcg@5",), users=USERS)
    good, noise = (ndcg(rank_rows(scores, QUERIES, GAINS), 5) for scores in (GOOD, NOISE))
    by_hand, lead_by_hand = mean_interval(good, USERS[1]), paired_difference(good, noise, USERS[1])
    found, lead = table.interval("good", "ndcg@5"), table.lead("noise", "ndcg@5")
    assert (found.mean, found.low, found.high) == pytest.approx((by_hand.mean, by_hand.low, by_hand.high))
    assert (lead.mean, lead.low) == pytest.approx((lead_by_hand.mean, lead_by_hand.low))


def test_missed_items_bound_the_recall_of_all() -> None:
    positives = np.bincount(QUERIES[GAINS > 0], minlength=300) + 1
    expected = Expected(np.arange(300), positives)
    table = compare({"all": GAINS}, QUERIES, GAINS, metrics=("recall@10",), expected=expected)
    assert table.interval("all", "recall@10").mean == pytest.approx(np.mean((positives - 1) / positives))
    assert table.interval("all", "recall@10").users == 300


def test_unknown_cells_and_queries_without_a_user_are_refused() -> None:
    table = compare({"good": GOOD}, QUERIES, GAINS, metrics=("ndcg@5",))
    with pytest.raises(InvalidInput, match="not computed"):
        table.interval("good", "ndcg@7")
    with pytest.raises(InvalidInput, match="not computed"):
        table.lead("good", "ndcg@5")
    with pytest.raises(InvalidInput, match="no user"):
        compare({"good": GOOD}, QUERIES, GAINS, users=([1], [1]))


def test_a_query_of_nobody_is_refused_also_when_nobody_is_named_at_all() -> None:
    with pytest.raises(InvalidInput, match="no user"):
        compare({"a": [1.0]}, [1], [1.0], users=([], []))
