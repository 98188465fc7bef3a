"""Scores are about standard normal when nothing changes, and large when something does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.spark.surprise import Surprise, surprises

Row = tuple[int, int]
_ROWS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(5, 20)), st.integers(1, 30), min_size=1)


def _of(rows: dict[Row, int], look_back: int = 4, warm_up: int = 2, min_users: int = 3) -> Surprise:
    series, windows = np.array(sorted(rows), dtype=np.int64).T
    users = np.array([rows[row] for row in sorted(rows)], dtype=np.int64)
    return surprises(series, windows, users, look_back=look_back, warm_up=warm_up, min_users=min_users)


@given(_ROWS, st.integers(1, 8))
def test_the_baseline_is_the_odds_of_the_windows_before(rows: dict[Row, int], look_back: int) -> None:
    found = _of(rows, look_back)
    for (tag, window), baseline in zip(sorted(rows), found.baseline, strict=True):
        past = range(window - look_back, window)
        mine = sum(users for (other, at), users in rows.items() if other == tag and at in past)
        everyone = sum(users for (_, at), users in rows.items() if at in past)
        now = sum(users for (_, at), users in rows.items() if at == window)
        assert np.isclose(baseline, (mine + 0.5) / (everyone - mine + 0.5) * (now - rows[tag, window] + 0.5))


@given(_ROWS)
def test_little_use_and_little_past_have_no_score(rows: dict[Row, int]) -> None:
    found, first = _of(rows), min(window for _, window in rows)
    for (_, window), users, score in zip(
        sorted(rows), [rows[row] for row in sorted(rows)], found.score, strict=True
    ):
        if users < 3 or window - first < 2:
            assert score == 0


def test_steady_use_scores_like_noise_through_a_daily_rhythm() -> None:
    rng = np.random.default_rng(2)
    rhythm = 1 + 0.8 * np.sin(np.arange(400) * 2 * np.pi / 24)
    drawn = rng.poisson(rhythm[:, None] * np.linspace(5, 40, 12))
    rows = {(tag, at): int(drawn[at, tag]) for tag in range(12) for at in range(400) if drawn[at, tag]}
    scores = _of(rows, look_back=48, warm_up=24, min_users=1).score
    assert abs(scores[scores != 0].mean()) < 0.2
    assert 0.6 < scores[scores != 0].std() < 1.2
    assert scores.max() < 4.5


def test_a_burst_stands_out() -> None:
    rows = {(tag, at): 20 for tag in range(5) for at in range(30)}
    rows[2, 25] = 60
    scores = _of(rows, look_back=20).score
    assert sorted(rows)[int(scores.argmax())] == (2, 25)
    assert scores.max() > 5


def test_no_rows_have_no_scores() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(surprises(none, none, none, look_back=3, warm_up=1, min_users=1).score) == 0
