"""What an arm was worth is the mean per session over resampled people, and the gap a share of two leads."""

import numpy as np
import pytest

from pipelines.report import Row
from pipelines.society.closed_loop import comparing
from pipelines.society.closed_loop.arms import ANY_POST, ARMS, SAME_CANDIDATES
from pipelines.society.closed_loop.comparing import compare_arms, gap_closed
from pipelines.society.closed_loop.ledger import Measured

MEANS = {"chronological": 1.0, "popularity": 2.0, "ranked": 3.0, SAME_CANDIDATES: 5.0, ANY_POST: 6.0}


def _measured(seed: int, means: dict[str, float] = MEANS, people: int = 30, noise: float = 0.3) -> Measured:
    """Sessions of people who come one to six times, each person in one arm."""
    rng = np.random.default_rng(seed)
    arm = np.arange(people * len(ARMS)) % len(ARMS)
    persons = rng.permutation(np.repeat(np.arange(len(arm)), rng.integers(1, 7, len(arm))))
    mean = np.array([means[name] for name in ARMS])
    count = len(persons)
    return Measured(
        persons=persons, arms=arm[persons], value=mean[arm[persons]] + noise * rng.standard_normal(count),
        impressions=rng.integers(0, 20, count).astype(float), hides=rng.integers(0, 3, count).astype(float),
        authors=rng.integers(1, 9, count).astype(float), entropy=rng.random(count),
        newcomers=rng.integers(0, 2, count).astype(float),
    )  # fmt: skip


def _mean(measured: Measured, values: np.ndarray, arm: str) -> float:
    return float(values[measured.arms == ARMS.index(arm)].mean())


@pytest.mark.parametrize("oracle", [SAME_CANDIDATES, ANY_POST])
@pytest.mark.parametrize("seed", range(3))
def test_the_share_is_of_plain_means_per_session(oracle: str, seed: int) -> None:
    measured = _measured(seed)
    lowest, ranked, highest = (
        _mean(measured, measured.value, name) for name in ("chronological", "ranked", oracle)
    )
    gap = gap_closed(measured, oracle)
    assert gap.mean == pytest.approx((ranked - lowest) / (highest - lowest))
    assert gap.low < gap.mean < gap.high


def test_intervals_resample_people_and_not_their_sessions() -> None:
    """A hundred sessions of each of few people tell no more than one of each."""
    few = _measured(3, noise=0.0)
    offsets = np.random.default_rng(0).normal(size=few.persons.max() + 1)
    few = few._replace(value=few.value + offsets[few.persons])
    often = Measured(*(np.repeat(column, 100) for column in few))
    one, many = gap_closed(few, ANY_POST), gap_closed(often, ANY_POST)
    assert (many.mean, many.low, many.high) == pytest.approx((one.mean, one.low, one.high))


@pytest.mark.parametrize(("ranked", "share"), [(1.0, 0.0), (6.0, 1.0), (0.0, -0.2), (11.0, 2.0)])
def test_ranking_may_be_worse_than_the_lowest_and_better_than_an_oracle(ranked: float, share: float) -> None:
    gap = gap_closed(_measured(1, {**MEANS, "ranked": ranked}, noise=0.0), ANY_POST)
    assert (gap.mean, gap.low, gap.high) == pytest.approx((share, share, share))


def test_neither_the_order_of_sessions_nor_the_names_of_people_change_it() -> None:
    measured = _measured(5)
    mixed = np.random.default_rng(1).permutation(len(measured.persons))
    shuffled = Measured(*(column[mixed] for column in measured))
    renamed = shuffled._replace(persons=shuffled.persons * 7 + 1_000)
    assert _numbers(gap_closed(renamed, ANY_POST)) == pytest.approx(_numbers(gap_closed(measured, ANY_POST)))


def _numbers(row: Row) -> tuple[float, float, float]:
    return row.mean, row.low, row.high


def test_an_oracle_that_is_worse_leaves_no_gap_to_speak_of() -> None:
    assert np.isnan(_numbers(gap_closed(_measured(2, {**MEANS, ANY_POST: 0.0}), ANY_POST))).all()


@pytest.mark.parametrize("empty", ["chronological", "ranked", ANY_POST])
def test_an_arm_that_nobody_came_to_leaves_no_gap_to_speak_of(empty: str) -> None:
    measured = _measured(2)
    came = measured.arms != ARMS.index(empty)
    left = Measured(*(column[came] for column in measured))
    assert np.isnan(_numbers(gap_closed(left, ANY_POST))).all()
    table = compare_arms(left, "1 to 2")
    assert "closes an unknown part (too few people)" in table.note
    for metric in table.metrics:
        assert [row.name for row in metric.rows] == [name for name in ARMS if name != empty]


def test_each_measure_of_each_arm_is_a_mean_over_its_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_RESAMPLES", 50)
    measured = _measured(4)
    shown = np.maximum(measured.impressions, 1)
    expected = [
        measured.value, 1_000 * measured.hides / shown, measured.entropy, measured.authors,
        100 * measured.newcomers / shown,
    ]  # fmt: skip
    table = compare_arms(measured, "15 to 21")
    assert "Days 15 to 21" in table.note
    for metric, values in zip(table.metrics, expected, strict=True):
        assert [row.name for row in metric.rows] == list(ARMS)
        for row in metric.rows:
            assert row.mean == pytest.approx(_mean(measured, values, row.name))
            assert row.low <= row.mean <= row.high


def test_the_note_tells_both_shares_in_percent() -> None:
    note = compare_arms(_measured(1, noise=0.0), "1 to 2").note
    assert "closes 40 % (95 %: 40 to 40 %) of the gap" in note
    assert "same candidates as the ranking, 50 % (95 %: 50 to 50 %)." in note
