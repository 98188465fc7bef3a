"""Pairs add up, fade and are taken back as the events say, at every date."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from features.definitions import ACTION_WEIGHTS, value_of
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.spark.engagement import SIGNALS, fade
from pipelines.spark.pairs import WEAKEST, PairHistory, later_history, pair_history
from tests.pipelines.spark.conftest import START, Rows, event

Fill = Callable[[Rows], None]
DATES = [START + day * DAY for day in (2, 5, 9)]
HALF_LIFE = 3.0


def _weight(row: dict[str, object], as_of: int) -> float:
    action, value = str(row["action"]), float(str(row.get("value", 0)))
    undone = {"unlike": "like", "unsave": "save"}.get(action)
    signal = -value_of(undone) if undone else value_of(action, value)
    return signal * 2.0 ** (-(as_of - int(str(row["occurred_at"]))) / (HALF_LIFE * DAY))


def _liked(events: Rows, as_of: int) -> dict[tuple[object, object], float]:
    """The oracle: add up event by event."""
    sums: dict[tuple[object, object], float] = {}
    for row in events:
        if int(str(row["occurred_at"])) < as_of and row["post_id"]:
            pair = row["user_id"], row["post_id"]
            sums[pair] = sums.get(pair, 0.0) + _weight(row, as_of)
    return {pair: weight for pair, weight in sums.items() if weight > WEAKEST}


def _as_dict(history: PairHistory, at: int) -> dict[tuple[object, object], float]:
    matrix = history.liked(at).tocoo()
    users, posts = history.users[matrix.row].tolist(), history.posts[matrix.col].tolist()
    return dict(zip(zip(users, posts, strict=True), matrix.data.tolist(), strict=True))


def _history(seed: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    actions = [*SIGNALS, "impression", "dwell", "dwell"]
    return [
        event(str(rng.choice(actions)), int(rng.integers(1, 5)), int(rng.integers(0, 6)), 10 * rng.random(),
              value=float(rng.choice([10, 9000])))
        for _ in range(120)
    ]  # fmt: skip


@pytest.mark.spark
@pytest.mark.parametrize("sum_first", [False, True])
def test_every_date_equals_adding_up_event_by_event(
    spark: SparkSession, home: Path, fill: Fill, sum_first: bool
) -> None:
    events = _history(seed=5)
    fill(events)
    history = pair_history(spark, home, DATES, HALF_LIFE, sum_first=sum_first)
    for at, as_of in enumerate(DATES):
        expected = _liked(events, as_of)
        assert expected
        assert _as_dict(history, at) == pytest.approx(expected, rel=1e-5)


@pytest.mark.spark
def test_a_hide_or_a_taken_back_like_leaves_no_taste(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill([
        event("like", 1, 1, 0.1), event("unlike", 1, 1, 0.2),
        event("comment", 1, 2, 0.1), event("hide", 1, 2, 0.2),
        event("like", 1, 3, 0.1), event("impression", 1, 4, 0.1),
    ])  # fmt: skip
    history = pair_history(spark, home, [DATES[0]], HALF_LIFE)
    assert set(_as_dict(history, 0)) == {(1, 3)}
    assert history.met(0, engaged_only=False).nnz == 4
    assert history.met(0, engaged_only=True).nnz == 3


@pytest.mark.spark
@pytest.mark.parametrize(("dates", "half_life"), [([], 7.0), ([START], 0.0)])
def test_no_date_and_no_half_life_are_refused(
    spark: SparkSession, home: Path, dates: list[int], half_life: float
) -> None:
    with pytest.raises(InvalidInput):
        pair_history(spark, home, dates, half_life)


@given(st.integers(1, 30), st.integers(0, 2))
def test_fading_halves_per_half_life(days: int, at: int) -> None:
    faded = fade(DATES, days * DAY, at)
    assert faded[at] == 1
    assert faded[0] == pytest.approx(2 ** -((DATES[at] - DATES[0]) / (days * DAY)))


def test_every_weighted_action_is_a_sign_of_taste() -> None:
    assert {*SIGNALS, "long_dwell"} >= set(ACTION_WEIGHTS)
    assert SIGNALS["unlike"] == -SIGNALS["like"]


@pytest.mark.spark
def test_going_on_from_an_earlier_night_equals_reading_it_all(
    spark: SparkSession, home: Path, fill: Fill
) -> None:
    events = _history(5)
    fill(events)
    history = pair_history(spark, home, DATES[:1], HALF_LIFE)
    for before, date in pairwise(DATES):
        history = later_history(history, pair_history(spark, home, [date], HALF_LIFE, since=before))
        whole = pair_history(spark, home, [date], HALF_LIFE)
        assert history.as_ofs == (date,)
        assert np.array_equal(history.users, whole.users)
        assert np.array_equal(history.posts, whole.posts)
        assert np.allclose(history.liked(0).toarray(), whole.liked(0).toarray())
        for engaged in (True, False):
            met = [part.met(0, engaged_only=engaged).toarray() > 0 for part in (history, whole)]
            assert np.array_equal(*met)
