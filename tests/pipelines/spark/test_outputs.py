"""Results appear whole, replace what was there, and are found by date."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.lake.atomic import replace_folder, write_atomically
from pipelines.spark.outputs import as_ofs_of, dated_folder, publish_tables


def _table(*numbers: int) -> pa.Table:
    return pa.table({"n": list(numbers)})


def test_a_result_replaces_the_one_before(tmp_path: Path) -> None:
    target = dated_folder(tmp_path, "cf", 5)
    publish_tables(target, {"a": _table(1), "b": _table(2)})
    publish_tables(target, {"a": _table(3)})
    assert [file.name for file in target.iterdir()] == ["a.parquet"]
    assert pq.read_table(target / "a.parquet")["n"].to_pylist() == [3]
    assert [path.name for path in target.parent.iterdir()] == ["as_of=5"]


def test_dates_are_found_in_order(tmp_path: Path) -> None:
    for date in (100, 9, 50):
        publish_tables(dated_folder(tmp_path, "cf", date), {"a": _table(1)})
    assert as_ofs_of(tmp_path, "cf") == [9, 50, 100]
    assert as_ofs_of(tmp_path, "tags") == []


def test_a_failure_leaves_the_old_result(tmp_path: Path) -> None:
    target = dated_folder(tmp_path, "cf", 5)
    publish_tables(target, {"a": _table(1)})
    with pytest.raises(AttributeError):
        publish_tables(target, {"a": _table(2), "b": "no table"})
    assert pq.read_table(target / "a.parquet")["n"].to_pylist() == [1]
    publish_tables(target, {"a": _table(4)})
    assert pq.read_table(target / "a.parquet")["n"].to_pylist() == [4]


def test_what_a_crash_set_aside_goes_with_the_next_result(tmp_path: Path) -> None:
    target = tmp_path / "result"
    (tmp_path / ".result.replaced").mkdir()
    (tmp_path / "new").mkdir()
    replace_folder(tmp_path / "new", target)
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_file_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(tmp_path / "file", fail)
    assert not (tmp_path / "file").exists()
