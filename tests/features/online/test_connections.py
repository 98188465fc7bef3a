"""One connection a thread, for as long as the thread lives."""

import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from features.online.connections import Connections
from feed_core.model.errors import Corrupt, Unavailable


def test_threads_that_have_ended_leave_no_connection_open(tmp_path: Path) -> None:
    with closing(Connections(tmp_path / "online.sqlite")) as connections:
        before = psutil.Process().num_fds()
        for _ in range(20):
            asking = threading.Thread(target=connections.here)
            asking.start()
            asking.join()
        assert psutil.Process().num_fds() <= before + 4


def test_the_writer_s_connection_outlives_the_thread_that_opened_it(tmp_path: Path) -> None:
    with closing(Connections(tmp_path / "online.sqlite")) as connections:
        first = threading.Thread(target=lambda: _write(connections, "CREATE TABLE kept (value INTEGER)"))
        first.start()
        first.join()
        threading.Thread(target=connections.here).start()
        _write(connections, "INSERT INTO kept VALUES (7)")
        assert connections.here().execute("SELECT value FROM kept").fetchall() == [(7,)]


def test_after_the_end_there_is_no_connection(tmp_path: Path) -> None:
    connections = Connections(tmp_path / "online.sqlite")
    connections.close()
    with pytest.raises(Unavailable, match="closed"):
        connections.here()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="not a readable database"):
        Connections(tmp_path)


def _write(connections: Connections, statement: str) -> None:
    with connections.writing() as connection:
        connection.execute(statement)
