"""The point-in-time join as Feast asks for it: to the microsecond, in any order, never from the future."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureView
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from features.definitions import VIEW_BY_NAME, View
from features.feast_store.objects import feature_view
from features.feast_store.offline_store import AsOfOfflineStore
from features.offline.places import offline_folder
from features.offline.schema import EVENT_TIMESTAMP, schema_of
from feed_core.model.errors import Corrupt, InvalidInput

PAIRS, POSTS = VIEW_BY_NAME["user_post"], VIEW_BY_NAME["post_standing"]
MICROS = 1_780_000_000_123_457
Row = tuple[int, int, int]
"""User, post, microseconds after ``MICROS``."""
rows = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(0, 9))


def write(home: Path, view: View, stored: list[Row], file: str = "rows.parquet") -> None:
    """Rows whose one number says which of them it is."""
    folder = offline_folder(home, view)
    folder.mkdir(parents=True, exist_ok=True)
    number = view.columns[0]
    table = [
        {"user_id": user, "post_id": post, EVENT_TIMESTAMP: MICROS + at, number: float(place)}
        for place, (user, post, at) in enumerate(stored)
    ]
    pq.write_table(pa.Table.from_pylist(table, schema=schema_of(view)), folder / file)


def frame(asked: list[Row]) -> pd.DataFrame:
    users, posts, after = (np.array([row[i] for row in asked], np.int64) for i in range(3))
    moments = pd.to_datetime(MICROS + after, unit="us", utc=True)
    return pd.DataFrame({"user_id": users, "post_id": posts, EVENT_TIMESTAMP: moments})


def join(home: Path, view: View, entities: pd.DataFrame, *, full: bool = False) -> Any:
    made, number = feature_view(view, home), view.columns[0]
    return AsOfOfflineStore.get_historical_features(
        configuration(home),
        [made],
        [f"{view.name}:{number}"],
        entities,
        None,
        "loupe",
        full,  # type: ignore[arg-type]
    )


def configuration(home: Path) -> Any:
    return SimpleNamespace(repo_path=str(home))


def table(job: Any) -> Any:
    return job._to_arrow_internal()


def newest(stored: list[Row], asked: Row, oldest: int = -1) -> float | None:
    own = [
        (at, place) for place, (user, post, at) in enumerate(stored)
        if (user, post) == asked[:2] and oldest <= at <= asked[2]
    ]  # fmt: skip
    return float(max(own)[1]) if own else None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=st.lists(rows, max_size=15), asked=st.lists(rows, min_size=1, max_size=8))
def test_each_question_gets_the_row_of_its_pair_that_was_known_at_its_microsecond(
    tmp_path: Path, stored: list[Row], asked: list[Row]
) -> None:
    write(tmp_path, PAIRS, stored)
    found = table(join(tmp_path, PAIRS, frame(asked)))
    assert found[PAIRS.columns[0]].to_pylist() == [newest(stored, row) for row in asked]
    assert found["user_id"].to_pylist() == [row[0] for row in asked], "in the order asked"


@pytest.mark.parametrize(("ttl_ms", "oldest"), [(0, -1), (1, 2_000)])
def test_a_row_older_than_its_views_time_to_live_counts_no_more(
    tmp_path: Path, ttl_ms: int, oldest: int
) -> None:
    lasting = structs.replace(POSTS, ttl_ms=ttl_ms)
    stored = [(0, 1, 0), (0, 2, 2_000), (0, 3, 1_999)]
    write(tmp_path, lasting, stored)
    asked = [(0, post, 3_000) for post in (1, 2, 3)]
    found = table(join(tmp_path, lasting, frame(asked)))
    assert found[POSTS.columns[0]].to_pylist() == [newest(stored, row, oldest) for row in asked]


def test_columns_carry_their_views_name_only_when_asked(tmp_path: Path) -> None:
    write(tmp_path, POSTS, [(0, 1, 0)])
    for full, name in ((False, "popular_30d"), (True, "post_standing__popular_30d")):
        job = join(tmp_path, POSTS, frame([(5, 1, 0)]), full=full)
        assert table(job).column_names == ["user_id", "post_id", EVENT_TIMESTAMP, name]
        assert job.full_feature_names is full
        assert job.metadata.features == ["post_standing:popular_30d"]
        assert job.metadata.min_event_timestamp == job.metadata.max_event_timestamp


def test_no_questions_are_no_rows(tmp_path: Path) -> None:
    write(tmp_path, POSTS, [(0, 1, 0)])
    found = table(join(tmp_path, POSTS, frame([])))
    assert (found.num_rows, found.column_names[-1]) == (0, "popular_30d")


@pytest.mark.parametrize("entities", [None, frame([(1, 1, 1)]).drop(columns=[EVENT_TIMESTAMP])])
def test_questions_without_a_time_are_refused(tmp_path: Path, entities: pd.DataFrame | None) -> None:
    with pytest.raises(InvalidInput, match=EVENT_TIMESTAMP):
        join(tmp_path, POSTS, entities)  # type: ignore[arg-type]


def latest(home: Path, start: int | None, end: int | None) -> Any:
    made: FeatureView = feature_view(PAIRS, home)
    assert made.batch_source is not None
    moments = [
        None if at is None else datetime.fromtimestamp((MICROS + at) / 1e6, UTC) for at in (start, end)
    ]
    return table(
        AsOfOfflineStore.pull_latest_from_table_or_query(
            configuration(home),
            made.batch_source,
            list(PAIRS.join_keys),
            [PAIRS.columns[0]],
            EVENT_TIMESTAMP,
            None,
            *moments,
        )
    )


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=st.lists(rows, max_size=15), bounds=st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted))
def test_the_newest_row_of_each_pair_between_two_moments_both_included(
    tmp_path: Path, stored: list[Row], bounds: list[int]
) -> None:
    write(tmp_path, PAIRS, stored)
    for start, end in (bounds, (None, None), (None, bounds[1])):
        found = latest(tmp_path, start, end)
        inside = [row for row in stored if (start or 0) <= row[2] <= (9 if end is None else end)]
        expected = {
            (user, post): newest(stored, (user, post, 9 if end is None else end), start or 0)
            for user, post, _ in inside
        }
        names = ("user_id", "post_id", PAIRS.columns[0])
        rows_found = list(zip(*(found[name].to_pylist() for name in names), strict=True))
        assert {(user, post): number for user, post, number in rows_found} == expected
        assert len(rows_found) == len(expected)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "empty": lambda path: path.write_bytes(b""),
    "another kind": lambda path: path.write_text("user_id,post_id\n1,1\n"),
    "gone": lambda path: path.parent.rename(path.parent.with_name("elsewhere")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_offline_rows_that_cannot_be_read_are_named_with_what_to_do(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    write(tmp_path, PAIRS, [(1, 1, 0)])
    damage(offline_folder(tmp_path, PAIRS) / "rows.parquet")
    for ask in (lambda: table(join(tmp_path, PAIRS, frame([(1, 1, 1)]))), lambda: latest(tmp_path, None, 9)):
        with pytest.raises(Corrupt, match="loupe features materialize") as refused:
            ask()
        assert str(offline_folder(tmp_path, PAIRS)) in refused.value.message
