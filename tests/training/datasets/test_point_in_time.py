"""No feature knows what came after the impression: not by counts, not by tastes, not by content."""

from pathlib import Path

import numpy as np
import pytest

from features.definitions import FEATURE_NAMES
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import NotFound
from tests.training.lake import START, Lake
from tests.training.offline_rows import publish_and_apply, write_counts, write_tastes
from training.datasets import load_examples, skew

HOURS = (1, 3, 5, 7)
"""When the one post is shown to the one person."""


def _home(folder: Path, until: int = 24) -> Path:
    """A home that knows what happened and what jobs found before hour ``until``."""
    lake = Lake(folder)
    lake.post(11)
    for number, hour in enumerate(HOURS, 1):
        lake.decision(number, 1, [11], hour * HOUR + 1)
    lake.write()
    counts = [(2, 10, 5), (4, 100, 50), (6, 1_000, 900)]
    seen = [{"at": h * HOUR, "impressions_7d": n, "likes_7d": k} for h, n, k in counts if h < until]
    write_counts(folder, "post_stats", [row | {"post_id": 11} for row in seen])
    write_counts(folder, "author_stats", [row | {"author_id": 1_011} for row in seen])
    write_counts(folder, "user_activity", [row | {"user_id": 1} for row in seen])
    for hour, level in ((2, 0.25), (6, 0.5)):
        if hour < until:
            write_tastes(folder, hour * HOUR, [1], [11], level)
    publish_and_apply(folder)
    return folder


def _load(home: Path, hours: int = 24):
    return load_examples(home, start=START, end=START + hours * HOUR)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    return _load(_home(tmp_path_factory.mktemp("whole")))


def _column(examples, name: str):
    return examples.features[:, FEATURE_NAMES.index(name)]


@pytest.mark.parametrize("feature", ["post_impressions_7d", "author_impressions_7d", "user_impressions_7d"])
def test_counts_are_those_of_the_last_row_before(examples, feature: str) -> None:
    expected = np.log1p([0, 10, 100, 1_000]).astype(np.float32)
    np.testing.assert_allclose(_column(examples, feature), expected)


def test_tastes_are_those_of_the_last_run_before(examples) -> None:
    expected = [32 * level**2 for level in (0.25, 0.25, 0.5)]
    np.testing.assert_allclose(_column(examples, "cf_score")[1:], expected)
    assert not _column(examples, "cf_score")[0] > 0


def test_age_and_place_in_time_are_those_of_the_moment(examples) -> None:
    np.testing.assert_allclose(_column(examples, "post_age"), np.log1p(HOURS), rtol=1e-3)
    assert _column(examples, "hour_of_day").tolist() == list(HOURS)
    assert examples.created_at.tolist() == [START] * 4
    assert not examples.logged.any()


@pytest.mark.parametrize("hour", HOURS)
def test_forgetting_all_that_came_later_changes_nothing(examples, tmp_path, hour: int) -> None:
    forgetful = _load(_home(tmp_path, until=hour + 1), hour + 1)
    before = examples.take(examples.times < START + (hour + 1) * HOUR)
    np.testing.assert_array_equal(forgetful.features, before.features)


def test_logged_values_that_equal_the_join_show_no_skew(examples, tmp_path) -> None:
    home = _home(tmp_path)
    lake = Lake(tmp_path)
    lake.post(11)
    for number, hour in enumerate(HOURS, 1):
        lake.decision(number, 1, [11], hour * HOUR + 1, features=examples.features[number - 1 : number])
    lake.write()
    report = skew(home, start=START, end=START + DAY)
    assert report.rows == len(HOURS)
    assert report.skewed == {}
    assert set(report.equal) == set(FEATURE_NAMES)


def test_a_home_without_a_feature_store_says_what_to_do(tmp_path) -> None:
    lake = Lake(tmp_path)
    lake.decision(1, 1, [11], HOUR)
    with pytest.raises(NotFound, match="loupe features apply"):
        _load(lake.write())
