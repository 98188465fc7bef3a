"""The SQLite file: damaged, locked, shared by threads, opened again."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.model.errors import Corrupt, Unavailable


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
