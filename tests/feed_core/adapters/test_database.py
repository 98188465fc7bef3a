"""The SQLite file: damaged, locked, shared by threads, opened again."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.model.errors import Corrupt, Unavailable
from feed_core.ports.graph import Edge


def test_a_file_that_is_no_database_is_named_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "feed.sqlite"
    path.write_bytes(b"not a database at all" * 400)
    with pytest.raises(Corrupt, match=r"feed\.sqlite is damaged") as refused:
        Database(path)
    assert refused.value.fix


def test_a_folder_in_the_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "feed.sqlite").mkdir()
    with pytest.raises(Unavailable, match="cannot be used"):
        Database(tmp_path / "feed.sqlite")


def test_what_need_not_last_through_a_power_cut_is_brought_to_the_disk_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "feed.sqlite", list[str]()
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(Path(file.name).name))
    for durable, synchronous, brought in ((True, 1, []), (False, 0, [path.name])):
        database = Database(path, durable=durable)
        assert database.rows("PRAGMA synchronous") == [(synchronous,)]
        database.close()
        assert synced == brought
    database, other = Database(path, durable=False), Database(path)
    database.create("CREATE TABLE made (it INTEGER)")
    database.close()
    assert synced[1:] == [path.name, f"{path.name}-wal"], "another process keeps the log open"
    other.close()


def test_a_file_locked_by_another_process_is_unavailable(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    database.connection().execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "feed.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"), database.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.transaction():
        pass
    database.close()


def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    database = Database(tmp_path / "deep" / "feed.sqlite")
    database.create("CREATE TABLE IF NOT EXISTS t (x)")
    with database.transaction() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    database.close()
    again = Database(tmp_path / "deep" / "feed.sqlite")
    again.create("CREATE TABLE IF NOT EXISTS t (x)")
    assert again.rows("SELECT x FROM t") == [(1,)]
    again.close()


def test_each_thread_has_a_connection_of_its_own(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(database.connection).result()
        assert theirs is other.submit(database.connection).result()
    assert theirs is not database.connection()
    database.close()


def test_an_interrupted_transaction_leaves_no_trace_and_no_lock(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    database.create("CREATE TABLE IF NOT EXISTS t (x)")

    def interrupted() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with ThreadPoolExecutor(1) as other:
        other.submit(database.create, "CREATE TABLE IF NOT EXISTS u (x)").result()
    assert database.rows("SELECT x FROM t") == []
    database.close()


@given(posts=st.dictionaries(st.integers(1, 30), st.booleans()), asked=st.sets(st.integers(1, 35)))
def test_marked_rows_are_those_that_hold_the_mark(posts: dict[int, bool], asked: set[int]) -> None:
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "feed.sqlite")
        database.create("CREATE TABLE t (x INTEGER PRIMARY KEY, gone INTEGER)")
        with database.transaction() as connection:
            connection.executemany("INSERT INTO t VALUES (?, ?)", posts.items())
        assert database.marked("t", "x", "gone", asked) == {x for x in asked if posts.get(x)}
        database.close()


_PAIRS = st.sets(st.tuples(st.integers(1, 6), st.integers(1, 6)))


@given(edges=_PAIRS, asked=_PAIRS)
def test_present_edges_are_those_asked_for_however_many_there_are(
    edges: set[tuple[int, int]], asked: set[tuple[int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "feed.sqlite")
        graph = SqliteGraph(database)
        graph.add("mute", [Edge(source, target, 1) for source, target in edges])
        graph.add("block", [Edge(target, source, 1) for source, target in edges])
        assert graph.present("mute", asked) == edges & asked
        database.close()
