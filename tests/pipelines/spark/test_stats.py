"""The rows that Spark writes are those of the definitions, for every view, whatever the history."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from features.definitions import SLICE_MS, WINDOWED, View
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Corrupt, NotFound
from pipelines.lake import table_files
from pipelines.spark import stats
from tests.pipelines.spark.conftest import START, Rows, event, write_lake

pytestmark = pytest.mark.spark

HISTORY: Rows = [
    event("impression", 1, 10, 0.01, author_id=5),
    event("impression", 1, 10, 0.02, author_id=5),
    event("like", 1, 10, 0.02, author_id=5),
    event("dwell", 1, 10, 0.02, author_id=5, value=1500.9),
    event("dwell", 1, 11, 0.5, author_id=5, value=8000.0),
    event("impression", 2, 10, 1.0, author_id=5),
    event("share", 2, 10, 1.0, author_id=5),
    event("share", 1, 12, 8.0, author_id=6),
    event("follow", 2, 0, 1.5, author_id=6),
    event("report", 1, 12, 3.0, author_id=6),
    event("unlike", 1, 10, 0.03, author_id=5),
    event("impression", 1, 10, 30.0, author_id=5),
]


def _value(events: Rows, view: View, key: tuple[int, ...], name: str, b: int) -> float:
    (count,) = [count for count in view.counts if count.name == name]
    total = 0.0
    for row in events:
        slice_ = int(str(row["occurred_at"])) // SLICE_MS
        mine = tuple(row[column] for column in view.join_keys) == key and row["action"] in count.actions
        if mine and b - count.slices <= slice_ < b:
            total += float(str(row.get("value", 0))) // 1 if count.measure == "value" else 1
    return total


def _rows(home: Path, view: View) -> list[dict[str, object]]:
    return list(pq.read_table(home / "spark" / "stats" / view.name).to_pylist())


def _slice(row: dict[str, object]) -> int:
    moment = row["event_timestamp"]
    assert isinstance(moment, datetime)
    return int(moment.timestamp() * 1000) // SLICE_MS


@pytest.fixture(scope="module")
def counted(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("stats")
    write_lake(home, HISTORY)
    stats.run(spark, home)
    return home


def test_every_row_of_every_view_counts_its_windows(counted: Path) -> None:
    for view in WINDOWED:
        rows = _rows(counted, view)
        assert rows
        for row in rows:
            key = tuple(int(str(row[column])) for column in view.join_keys)
            for count in view.counts:
                assert row[count.name] == _value(HISTORY, view, key, count.name, _slice(row)), (row, count)


def test_rows_stand_where_an_event_enters_or_leaves(counted: Path) -> None:
    (view,) = [view for view in WINDOWED if view.name == "user_activity"]
    slices = [_slice(row) - START // HOUR for row in _rows(counted, view) if row["user_id"] == 2]
    assert sorted(slices) == [25, 37, 25 + 168, 37 + 168]


def test_keys_that_are_no_ids_do_not_count(counted: Path) -> None:
    (view,) = [view for view in WINDOWED if view.name == "post_stats"]
    assert {row["post_id"] for row in _rows(counted, view)} == {10, 11, 12}


def test_columns_are_what_feast_reads(counted: Path) -> None:
    for view in WINDOWED:
        (file, *_) = (counted / "spark" / "stats" / view.name).glob("*.parquet")
        schema = pq.read_schema(file)
        assert schema.names == [*view.join_keys, "event_timestamp", *view.columns]
        assert str(schema.field("event_timestamp").type) == "timestamp[us, tz=UTC]"
        assert {str(schema.field(name).type) for name in view.columns} == {"float"}


def test_as_of_leaves_out_later_events_and_rows(
    spark: SparkSession, home: Path, fill: Callable[[Rows], None]
) -> None:
    fill(HISTORY)
    stats.run(spark, home, as_of=START + 2 * DAY)
    for view in WINDOWED:
        moments = [row["event_timestamp"] for row in _rows(home, view)]
        assert max(map(str, moments)) <= str(datetime.fromtimestamp((START + 2 * DAY) / 1000, UTC))
    (view,) = [view for view in WINDOWED if view.name == "author_stats"]
    assert {row["author_id"] for row in _rows(home, view)} == {5, 6}
    assert {row["reports_7d"] for row in _rows(home, view)} == {0.0}


def test_a_second_run_replaces_the_first(spark: SparkSession, counted: Path) -> None:
    before = {view.name: sorted(map(str, _rows(counted, view))) for view in WINDOWED}
    seen: list[tuple[int, int]] = []
    stats.run(spark, counted, progress=lambda done, todo: seen.append((done, todo)))
    assert {view.name: sorted(map(str, _rows(counted, view))) for view in WINDOWED} == before
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert not [path for path in (counted / "spark" / "stats").iterdir() if path.name.startswith(".")]


def test_a_view_that_nothing_happened_in_has_columns_but_no_rows(
    spark: SparkSession, home: Path, fill: Callable[[Rows], None]
) -> None:
    fill([event("block", 1, 0, 0.5, author_id=2)])
    stats.run(spark, home)
    for view in WINDOWED:
        table = pq.read_table(home / "spark" / "stats" / view.name)
        assert (table.num_rows, table.num_columns) == (0, len(view.join_keys) + 1 + view.width)


def test_an_empty_lake_and_a_cut_off_file_are_named(
    spark: SparkSession, home: Path, fill: Callable[[Rows], None]
) -> None:
    with pytest.raises(NotFound, match="holds no events"):
        stats.run(spark, home)
    fill(HISTORY)
    file = Path(table_files(home, "events")[0])
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(Corrupt, match=file.name):
        stats.run(spark, home)
