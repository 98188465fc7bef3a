"""The table file of a source remembers a batch whole or not at all, and each thing once."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt
from pipelines.importing.external_ids import Batch, Known, LoadedRows

FIRST = Batch(1, users=(("a", 10, 100), ("b", 11, 101)), posts=(("a", 20, 200),), digests=(5, -7))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "import" / "books.sqlite"


@pytest.fixture
def rows(path: Path) -> Iterator[LoadedRows]:
    loaded = LoadedRows(path)
    yield loaded
    loaded.close()


def test_a_new_file_knows_nothing_and_begins_with_batch_one(rows: LoadedRows) -> None:
    assert (rows.ids("user"), rows.ids("post"), rows.digests(), rows.next_batch()) == ({}, {}, set(), 1)


def test_users_and_posts_of_one_external_id_are_kept_apart(rows: LoadedRows) -> None:
    rows.add(FIRST)
    assert rows.ids("user") == {"a": Known(10, 100), "b": Known(11, 101)}
    assert rows.ids("post") == {"a": Known(20, 200)}
    assert rows.digests() == {5, -7}


def test_the_next_number_follows_the_greatest_that_was_added(rows: LoadedRows) -> None:
    rows.add(Batch(4))
    rows.add(Batch(2))
    assert rows.next_batch() == 5


def test_a_batch_that_is_added_again_changes_nothing(rows: LoadedRows) -> None:
    rows.add(FIRST)
    rows.add(Batch(1, users=(("a", 99, 999),), digests=(5,)))
    assert rows.ids("user")["a"] == Known(10, 100)
    assert rows.digests() == {5, -7}
    assert rows.next_batch() == 2


@pytest.mark.parametrize(
    "broken",
    [
        Batch(2, users=(("c", 12, 102),), digests=(1, 2**63)),
        Batch(2, users=(("c", 12, 102),), posts=(("p", 2**64, 1),)),
    ],
    ids=["digest", "post"],
)
def test_a_batch_that_cannot_be_kept_whole_leaves_nothing(rows: LoadedRows, broken: Batch) -> None:
    rows.add(FIRST)
    with pytest.raises(OverflowError):
        rows.add(broken)
    assert sorted(rows.ids("user")) == ["a", "b"]
    assert rows.digests() == {5, -7}
    assert rows.next_batch() == 2
    rows.add(Batch(2, users=(("c", 12, 102),)))
    assert sorted(rows.ids("user")) == ["a", "b", "c"]


def test_what_was_added_is_there_for_another_process_at_once(rows: LoadedRows, path: Path) -> None:
    rows.add(FIRST)
    other = LoadedRows(path)
    assert (other.ids("user"), other.digests(), other.next_batch()) == (rows.ids("user"), {5, -7}, 2)
    other.close()


@pytest.mark.parametrize("name", ["", " ", "Ünïcödé \N{SNOWMAN}", "a'; drop table ids; --", "x" * 10_000])
def test_an_external_id_is_any_text(rows: LoadedRows, name: str) -> None:
    rows.add(Batch(1, users=((name, 1, 2),)))
    assert rows.ids("user") == {name: Known(1, 2)}


def test_ids_keep_the_whole_range_of_64_bits(rows: LoadedRows) -> None:
    ends = (-(2**63), 2**63 - 1)
    rows.add(Batch(1, users=tuple((str(one), one, 0) for one in ends), digests=ends))
    assert {known.internal for known in rows.ids("user").values()} == rows.digests() == set(ends)


def test_a_file_of_other_bytes_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"user_id,username\n" * 400)
    with pytest.raises(Corrupt, match=r"books\.sqlite is no table of loaded rows") as told:
        LoadedRows(path)
    assert "Restore it" in told.value.fix
    assert path.read_bytes() == b"user_id,username\n" * 400


@pytest.mark.parametrize("table", ["ids (noun)", "loaded (number)", "batches (digest)"])
def test_a_file_with_tables_of_other_columns_is_named(path: Path, table: str) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute(f"create table {table}")
    other.close()
    with pytest.raises(Corrupt, match=r"books\.sqlite is no table of loaded rows"):
        LoadedRows(path)


def test_a_file_that_another_version_of_sqlite_tables_fills_is_not_overwritten(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("create table mine (text)")
        other.execute("insert into mine values ('kept')")
    other.close()
    LoadedRows(path).close()
    with sqlite3.connect(path) as again:
        assert again.execute("select text from mine").fetchall() == [("kept",)]
    again.close()
