"""LambdaRank learns an order, on impressions and on any rows that have queries and grades."""

from dataclasses import replace

import numpy as np
import pytest

from features.bundle import RANK_HEAD
from feed_core.model.errors import Corrupt, InvalidInput
from tests.training.examples import planted
from training.evaluation import compare
from training.rankers import LambdaRanker, Trees, TreesConfig, grades_of, rank_fit, rank_predict

SMALL = TreesConfig(trees=30, leaves=15, min_rows_per_leaf=20)
NAMES = ("signal", "noise", "kind")


def _rows(seed: int, queries: int = 300):
    """Grade follows the signal within a query; each query has its own level, which must not matter."""
    rng = np.random.default_rng(seed)
    names = np.repeat(rng.permutation(queries) * 10, 12)
    signal = rng.normal(0, 1, len(names))
    grades = np.digitize(signal + rng.normal(0, 0.4, len(names)), [0.8, 1.6])
    matrix = np.column_stack([signal, rng.normal(0, 1, len(names)), rng.integers(0, 3, len(names))])
    return matrix.astype(np.float32), names, grades


@pytest.fixture(scope="module")
def trees():
    return rank_fit(*_rows(0), valid=_rows(1, 60), names=NAMES, categories=("kind",), config=SMALL)


def test_order_within_queries_is_learned(trees) -> None:
    matrix, names, grades = _rows(2, 100)
    scores = {"ranked": rank_predict(trees, matrix), "noise": matrix[:, 1]}
    table = compare(scores, names, grades, metrics=("ndcg@5",), resamples=200)
    assert table.lead("noise", "ndcg@5").low > 0.3


def test_rows_need_not_be_sorted(trees) -> None:
    matrix, names, grades = _rows(0)
    by_query = np.argsort(names, kind="stable")
    ordered = (matrix[by_query], names[by_query], grades[by_query])
    again = rank_fit(*ordered, valid=_rows(1, 60), names=NAMES, categories=("kind",), config=SMALL)
    assert again.text == trees.text


def test_queries_without_a_difference_teach_nothing(trees) -> None:
    matrix, names, grades = _rows(0)
    flat = np.zeros(50, np.int64)
    more = (np.vstack([matrix, matrix[:50]]), np.append(names, flat - 7), np.append(grades, flat))
    again = rank_fit(*more, valid=_rows(1, 60), names=NAMES, categories=("kind",), config=SMALL)
    assert again.text == trees.text


def test_impressions_are_ranked_by_value() -> None:
    examples = planted(10_000)
    fitted = LambdaRanker(trees=SMALL)(examples.take(slice(0, 8_000)), examples.take(slice(8_000, 9_000)))
    test = examples.take(slice(9_000, None))
    assert fitted.objective == "lambdarank"
    assert np.corrcoef(fitted.value(test.features), test.value)[0, 1] > 0.2


def test_learning_all_takes_the_rounds_of_the_validation_and_then_learns_from_it_too() -> None:
    examples = planted(6_000)
    parts = examples.take(slice(0, 4_000)), examples.take(slice(4_000, 6_000))
    stopped = LambdaRanker(trees=SMALL)(*parts).heads[RANK_HEAD]
    whole = LambdaRanker(trees=SMALL, learn_all=True)(*parts).heads[RANK_HEAD]
    assert whole.rounds == stopped.rounds
    assert whole.curve == stopped.curve, "what is told is how the validation went"
    assert whole.text != stopped.text
    doubled = replace(examples, queries=np.concatenate([part.queries - part.queries.min() for part in parts]))
    same_ids = doubled.take(slice(0, 4_000)), doubled.take(slice(4_000, 6_000))
    again = LambdaRanker(trees=SMALL, learn_all=True)(*same_ids).heads[RANK_HEAD]
    assert again.text == whole.text, "lists of the two times stay apart though they share their numbers"


def test_grades_follow_the_value_of_what_happened() -> None:
    assert grades_of(np.array([-30.0, 0.0, 0.5, 1.0, 1.5, 3.0, 5.5, 6.0, 20.0])).tolist() == [
        0, 0, 1, 2, 2, 3, 3, 4, 4,
    ]  # fmt: skip


def test_no_rows_have_no_scores_and_broken_text_is_corrupt(trees) -> None:
    assert rank_predict(trees, np.zeros((0, 3), np.float32)).shape == (0,)
    with pytest.raises(Corrupt):
        Trees("no model", "ndcg@10", (), np.zeros(3)).score(np.zeros((1, 3), np.float32))


@pytest.mark.parametrize(
    ("queries", "grades", "word"),
    [([1], [0, 1], "differ"), ([1, 1], [0, -1], "whole"), ([1, 1], [0, 0.5], "whole")],
)
def test_bad_rows_are_refused(queries, grades, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        rank_fit(np.zeros((2, 3), np.float32), queries, grades, valid=_rows(1), names=NAMES)
