"""Normalised columns: text, times, hashtags, numbers from whatever a source holds."""

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import to_rfc3339
from feed_core.model.ids import EPOCH_MS
from pipelines.importing.tables import BAD_TIME, COLUMNS, NO_TIME, ImportTables, empty
from tests.pipelines.importing.conftest import small_world


def engagements(**columns: Any) -> pd.DataFrame:
    """One column of engagements, normalised."""
    count = len(next(iter(columns.values())))
    base = {"user": ["u"] * count, "post": ["p"] * count, "action": ["like"] * count, "at": [1] * count}
    tables = ImportTables(empty("users"), empty("follows"), empty("posts"), pd.DataFrame({**base, **columns}))
    return tables.normalised().engagements


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("2016-01-01T12:00:00Z", 1451649600000),
        ("2016-01-01T13:00:00+01:00", 1451649600000),
        ("1451649600000", 1451649600000),
        (1451649600000, 1451649600000),
        (1451649600000.0, 1451649600000),
        (1451649600000.5, BAD_TIME),
        (math.inf, BAD_TIME),
        (pd.Timestamp("2016-01-01T12:00:00Z"), 1451649600000),
        ("2016-01-01T12:00:00", BAD_TIME),
        ("yesterday", BAD_TIME),
        ("1451649600", BAD_TIME),
        ("9" * 30, BAD_TIME),
        ("-5", BAD_TIME),
        ("1999-12-31T23:59:59Z", BAD_TIME),
        ("", NO_TIME),
        (None, NO_TIME),
        (math.nan, NO_TIME),
        (pd.NaT, NO_TIME),
    ],
)
def test_a_time_is_read_or_marked(value: Any, ms: int) -> None:
    assert list(engagements(at=pd.Series([value], dtype=object))["at"]) == [ms]


def test_times_of_a_datetime_column_are_read() -> None:
    column = pd.Series(pd.to_datetime(["2016-01-01T12:00:00Z", None], utc=True))
    assert list(engagements(at=column)["at"]) == [1451649600000, NO_TIME]


@given(st.integers(EPOCH_MS, EPOCH_MS + (1 << 41) - 1))
def test_every_time_that_the_service_writes_is_read_back(ms: int) -> None:
    assert list(engagements(at=[to_rfc3339(ms)])["at"]) == [ms]


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("a|b", ("a", "b")),
        ("a", ("a",)),
        ("", ()),
        ("a||b|", ("a", "b")),
        (["a", "b"], ("a", "b")),
        ((), ()),
        (["a", None], ("a",)),
        (None, ()),
        (math.nan, ()),
        (pd.NA, ()),
    ],
)
def test_hashtags_are_a_list_or_joined(value: Any, tags: tuple[str, ...]) -> None:
    assert engagements(hashtags=pd.Series([value], dtype=object))["hashtags"][0] == tags


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("5.5", 5.5),
        (5, 5.0),
        ("", 0.0),
        (None, 0.0),
        ("five", math.nan),
        ("inf", math.nan),
        ([1], math.nan),
        (10**400, math.nan),
        (-(10**400), math.nan),
    ],
)
def test_numbers_are_read_or_marked(value: Any, number: float) -> None:
    found = float(engagements(value=pd.Series([value], dtype=object))["value"][0])
    assert found == number or (math.isnan(found) and math.isnan(number))


def test_ids_of_any_type_become_text() -> None:
    column = pd.Series([7, "7", None, 7.0], dtype=object)
    assert list(engagements(user=column)["user"]) == ["7", "7", "", "7"]


def test_columns_that_are_missing_are_filled_and_others_dropped() -> None:
    world = small_world()
    world.users["shoe_size"] = 43
    users = world.normalised().users
    assert list(users.columns) == [*COLUMNS["users"], "file", "line"]
    assert set(users["file"]) == {"users"}
    assert list(users["line"]) == [1, 2, 3]
