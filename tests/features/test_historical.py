"""Backfill refuses frames that cannot be joined, and keeps rows and columns in order."""

import numpy as np
import pandas as pd
import pytest

from features.definitions import Names, views_of
from features.historical import historical
from features.matrix import assemble
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.ids import first_id_at
from tests.features.conftest import NOW, START, Society


def frame(times: list[int], **columns: object) -> pd.DataFrame:
    n = len(times)
    base: dict[str, object] = {"user_id": [11] * n, "author_id": [21] * n, "post_id": [101] * n}
    return pd.DataFrame(base | {"event_timestamp": times} | columns)


def test_a_moment_sees_only_what_was_before_it(society: Society) -> None:
    times = [NOW, START + 4 * DAY, START + DAY, START]
    columns = historical(society.home, frame(times, row=[4, 3, 2, 1]))
    assert columns["row"].tolist() == [4, 3, 2, 1]
    assert columns["now"].tolist() == times
    seen = np.nan_to_num(columns["user_author.impressions_28d"])
    assert seen[0] > seen[1] > seen[3] == 0
    assert np.isnan(columns["cf_score"][2:]).all()
    assert not np.isnan(columns["cf_score"][:2]).any()
    assert columns["cf_score"][0] != columns["cf_score"][1]


@pytest.mark.parametrize(
    "names", [("post_shares_1d",), ("author_shares_28d", "post_age"), ("standing_age",)], ids=str
)
def test_a_frame_needs_only_the_keys_of_the_features_that_are_asked_for(
    society: Society, names: Names
) -> None:
    keys = {key for view in views_of(names) for key in view.join_keys} | {"post_id"}
    whole = frame([NOW, START])
    part = whole.filter([*keys, "event_timestamp"])
    np.testing.assert_array_equal(
        assemble(historical(society.home, part, names), names),
        assemble(historical(society.home, whole, names), names),
    )


def test_times_may_be_datetimes(society: Society) -> None:
    numbers = historical(society.home, frame([NOW, START]))
    stamps = frame([NOW, START])
    stamps["event_timestamp"] = pd.to_datetime(stamps["event_timestamp"], unit="ms", utc=True)
    for name, values in historical(society.home, stamps).items():
        np.testing.assert_array_equal(values, numbers[name])


def test_a_post_without_a_row_is_dated_by_its_id(society: Society) -> None:
    columns = historical(society.home, frame([NOW], post_id=[first_id_at(NOW - 5)]))
    assert columns["created_at"].tolist() == [NOW - 5]


def test_no_rows_are_a_matrix_without_rows(society: Society) -> None:
    none = frame([NOW]).iloc[:0]
    request = {name: np.zeros(0) for name in ("position", "source", "in_network", "follows")}
    assert assemble(historical(society.home, none) | request).shape[0] == 0


@pytest.mark.parametrize("name", ["user_id", "author_id", "post_id", "event_timestamp"])
def test_a_column_that_is_missing_is_named(society: Society, name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        historical(society.home, frame([NOW]).drop(columns=[name]))


@pytest.mark.parametrize("value", [np.nan, -1, 0, "x"])
def test_keys_that_are_none_are_refused(society: Society, value: object) -> None:
    with pytest.raises(InvalidInput, match="post_id"):
        historical(society.home, frame([NOW], post_id=[value]))


def test_a_moment_that_is_missing_is_refused(society: Society) -> None:
    broken = frame([NOW])
    broken["event_timestamp"] = pd.to_datetime([pd.NaT], utc=True)
    with pytest.raises(InvalidInput, match="no event_timestamp"):
        historical(society.home, broken)


def test_before_anything_is_applied_it_says_what_to_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(NotFound, match="loupe features apply"):
        historical(tmp_path_factory.mktemp("empty"), frame([NOW]))
