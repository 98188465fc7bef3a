"""Rows that differ have digests that differ, and a row that was loaded before keeps the one it had."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.importing.digests import digests_of
from pipelines.importing.loading import load_tables
from pipelines.importing.tables import COLUMNS, ImportTables
from tests.pipelines.importing.conftest import Place, day, small_world

_SIGNS = st.text(st.sampled_from('a|\x1f\x1e",'), max_size=4)
_ROWS = st.lists(
    st.tuples(*[_SIGNS] * 3, st.just(7), st.just(0.0), st.lists(_SIGNS, max_size=3).map(tuple), _SIGNS),
    min_size=1,
    max_size=30,
)


def test_rows_that_differ_are_both_loaded(place: Place) -> None:
    ids = ["a", "a\x1fb", "b\x1fc", "c"]
    users = pd.DataFrame({"user_id": ids, "username": ["u1", "u2", "u3", "u4"]})
    follows = pd.DataFrame({"follower": ids[:2], "followee": ids[2:], "at": [day(1)] * 2})
    world = small_world()
    tables = ImportTables(users, follows, world.posts.head(0), world.engagements.head(0))
    for accepted in (2, 0):
        report = load_tables(place.core, tables, clock=place.clock, home=place.home)
        assert report.accepted["follows"] == accepted


@given(_ROWS)
def test_digests_are_equal_where_rows_are(rows: list[tuple[object, ...]]) -> None:
    digests = digests_of("engagements", pd.DataFrame(rows, columns=list(COLUMNS["engagements"])))
    assert len(set(digests.tolist())) == len(set(rows))


@pytest.mark.parametrize(
    ("table", "known"),
    [
        ("follows", [-473609099701333532, 3166636585066848334]),
        (
            "engagements",
            [-2861530881579542451, -4330383342781074047, -1473139280316599487, -8127969152043105326],
        ),
    ],
)
def test_rows_that_were_loaded_before_keep_their_digests(table: str, known: list[int]) -> None:
    frame = getattr(small_world().normalised(), table)
    assert digests_of(table, frame).tolist() == known  # type: ignore[arg-type]


def test_nothing_has_no_digests() -> None:
    assert digests_of("engagements", small_world().normalised().engagements.head(0)).tolist() == []
