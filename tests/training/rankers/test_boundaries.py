"""What is enough to learn from, to the row; which lists teach; which settings there may be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bundle import RANK_HEAD
from features.calibration import Calibration
from features.definitions import ACTION_WEIGHTS
from feed_core.model.errors import InvalidInput
from tests.training.examples import planted
from training.rankers import (
    FittedRanker,
    HeadsRanker,
    LambdaRanker,
    Trees,
    TreesConfig,
    fit_isotonic,
    rank_fit,
)
from training.rankers.calibrating import MAX_KNOTS

TINY = TreesConfig(trees=2, leaves=3, min_rows_per_leaf=5)
TRAIN, VALID = planted(200), planted(100, seed=1)


def _with(examples, name: str, happened: int):
    """Examples in which the outcome happened in the first rows only."""
    return replace(examples, outcomes=dict(examples.outcomes) | {name: np.arange(len(examples)) < happened})


@pytest.mark.parametrize(
    ("in_training", "in_validation", "learned"),
    [(20, 2, True), (19, 2, False), (20, 1, False), (199, 2, True), (200, 2, False), (20, 100, True)],
)
def test_an_outcome_is_learned_from_the_row_on_that_makes_it_frequent_enough(
    in_training: int, in_validation: int, learned: bool
) -> None:
    parts = _with(TRAIN, "share", in_training), _with(VALID, "share", in_validation)
    fitted = HeadsRanker(trees=TINY, outcomes=("long_dwell", "share"))(*parts)
    assert set(fitted.heads) == ({"long_dwell", "share"} if learned else {"long_dwell"})
    assert set(fitted.calibrations) == set(fitted.heads)


def test_what_is_enough_can_be_said() -> None:
    parts = _with(TRAIN, "share", 3), _with(VALID, "share", 2)
    assert set(HeadsRanker(trees=TINY, outcomes=("share",), min_positives=3)(*parts).heads) == {"share"}
    with pytest.raises(InvalidInput, match="happened 4 times in training and twice in validation"):
        HeadsRanker(trees=TINY, outcomes=("share",), min_positives=4)(*parts)


def test_calibration_is_fitted_in_order_of_time_whatever_the_order_of_rows() -> None:
    order = np.random.default_rng(0).permutation(len(VALID))
    ranker = HeadsRanker(trees=TINY, outcomes=("long_dwell",))
    straight, mixed = ranker(TRAIN, _timed(VALID)), ranker(TRAIN, _timed(VALID).take(order))
    assert mixed.calibrations == straight.calibrations


def _timed(examples):
    """Every row at a moment of its own."""
    return replace(examples, times=np.arange(len(examples)))


def _rows(grades: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A list a query, its one feature the grade."""
    queries = np.repeat(np.arange(len(grades)), [len(own) for own in grades])
    flat = np.array([grade for own in grades for grade in own], np.int64)
    return flat[:, None].astype(np.float32), queries, flat


TEACHING = _rows([[0, 1, 2]] * 20)


@pytest.mark.parametrize("flat", [[], [[0, 0]], [[3, 3], [0], [30]]], ids=["none", "one", "several"])
@pytest.mark.parametrize("where", ["to learn", "to stop"])
def test_without_a_list_that_differs_there_is_nothing_to_learn(flat: list[list[int]], where: str) -> None:
    parts = (_rows(flat), TEACHING) if where == "to learn" else (TEACHING, _rows(flat))
    with pytest.raises(InvalidInput, match="no rows to train or to validate on"):
        rank_fit(*parts[0], valid=parts[1], names=("grade",), config=TINY)


@pytest.mark.parametrize(
    ("grade", "fits"), [(0, True), (30, True), (31, False), (-1, False), (1.5, False), (np.nan, False)]
)
def test_grades_are_whole_numbers_up_to_thirty(grade: float, fits: bool) -> None:
    matrix, queries, grades = _rows([[0, 1]] * 20)
    mixed = np.append(grades[:-1].astype(float), grade)
    for_all = {"valid": TEACHING, "names": ("grade",), "config": TINY}
    if fits:
        assert rank_fit(matrix, queries, mixed, **for_all).rounds >= 1
        return
    with pytest.raises(InvalidInput, match="whole numbers from 0 to 30"):
        rank_fit(matrix, queries, mixed, **for_all)


def test_lists_of_the_validation_stay_lists_when_all_is_learned_whatever_their_numbers() -> None:
    def model(first: int, second: int) -> str:
        parts = replace(TRAIN, queries=TRAIN.queries + first), replace(VALID, queries=VALID.queries + second)
        return LambdaRanker(trees=TINY, learn_all=True)(*parts).heads[RANK_HEAD].text

    assert len({model(0, 0), model(-500, 7), model(1 << 61, 1 << 61), model(3, -9)}) == 1


BOUNDS = {
    "trees": (1, 2_000), "leaves": (2, 255), "bins": (2, 255), "learning_rate": (1e-9, 1.0),
    "feature_share": (1e-9, 1.0),
}  # fmt: skip


@pytest.mark.parametrize(("name", "bounds"), BOUNDS.items(), ids=BOUNDS)
def test_a_setting_may_be_as_small_or_as_large_as_its_bounds_and_no_more(name, bounds) -> None:
    low, high = bounds
    for value in bounds:
        assert getattr(TreesConfig(**{name: value}), name) == value
    for value in (low - 1, high + 1 if isinstance(high, int) else high + 1e-9):
        with pytest.raises(InvalidInput):
            TreesConfig(**{name: value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"threads": 0},
        {"patience": 0},
        {"min_rows_per_leaf": -1},
        {"l2": -1.0},
        {"l2": np.inf},
        {"l2": np.nan},
    ],
    ids=str,
)
def test_settings_that_no_training_can_take_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        TreesConfig(**wrong)


def test_the_least_that_may_be_set_can_be_trained() -> None:
    least = TreesConfig(trees=2, leaves=2, bins=2, min_rows_per_leaf=0, l2=0.0, patience=1, threads=1)
    assert set(HeadsRanker(trees=least, outcomes=("long_dwell",))(TRAIN, VALID).heads) == {"long_dwell"}


curve_rows = st.lists(
    st.tuples(st.integers(0, 40).map(lambda n: n / 64), st.booleans()), min_size=1, max_size=300
)


@settings(max_examples=20)
@given(rows=curve_rows)
def test_each_score_of_few_is_a_knot_that_leans_on_all_as_by_one_row_more(rows) -> None:
    scores, happened = (np.array(column) for column in zip(*rows, strict=True))
    curve = fit_isotonic(scores, happened)
    known = np.unique(scores)
    assert len(curve.x) <= MAX_KNOTS
    if len(scores) <= MAX_KNOTS:
        assert curve.x == pytest.approx(known.tolist())
        base = (happened.sum() + 0.5) / (len(happened) + 1)
        sizes = np.array([(scores == score).sum() for score in known])
        observed = [
            (happened[scores == score].sum() + base) / (size + 1)
            for score, size in zip(known, sizes, strict=True)
        ]
        assert curve.y == pytest.approx(_pooled(observed, sizes.tolist()))
    assert 0 < min(curve.y) <= max(curve.y) < 1


def _pooled(values: list[float], weights: list[int]) -> list[float]:
    """Pool adjacent violators, block by block."""
    blocks: list[tuple[float, int, int]] = []
    for value, weight in zip(values, weights, strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            last = blocks.pop()
            both = last[1] + block[1]
            block = ((last[0] * last[1] + block[0] * block[1]) / both, both, last[2] + block[2])
        blocks.append(block)
    return [value for value, _, count in blocks for _ in range(count)]


def test_the_value_adds_up_what_heads_say_and_a_rank_is_its_strength_alone() -> None:
    told = {"like": np.array([0.5, 0.0]), "report": np.array([0.0, 1.0])}
    none = dict.fromkeys(told, Trees("", "", (), np.zeros(0)))
    heads = FittedRanker("heads", none, {}, ACTION_WEIGHTS)
    assert heads.combined(told).tolist() == [0.5 * ACTION_WEIGHTS["like"], ACTION_WEIGHTS["report"]]
    ranks = FittedRanker("lambdarank", {}, {RANK_HEAD: Calibration(kind="exp")}, {})
    assert ranks.combined({RANK_HEAD: np.array([2.0, 1.0])}).tolist() == [2.0, 1.0]
