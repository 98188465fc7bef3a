"""What one file's connections take, and where there can be no file."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.model.errors import Unavailable
from feed_core.stores import open_stores


def _asked_by_threads(ask: Callable[[], object], threads: int = 20) -> int:
    """How many more files are open after so many threads have asked, one after the other."""
    ask()
    before = psutil.Process().num_fds()
    for _ in range(threads):
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join()
    return psutil.Process().num_fds() - before


def test_threads_that_have_ended_leave_no_connection_open(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "feed.sqlite")) as database:
        assert _asked_by_threads(lambda: database.rows("SELECT 1")) <= 4


def test_a_thread_goes_on_with_its_connection_while_others_end(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "feed.sqlite")) as database, database.transaction() as connection:
        connection.execute("CREATE TABLE kept (value INTEGER)")
        _asked_by_threads(lambda: database.rows("SELECT 1"), threads=3)
        connection.execute("INSERT INTO kept VALUES (7)")
        assert database.connection() is connection
    with closing(Database(tmp_path / "feed.sqlite")) as database:
        assert database.rows("SELECT value FROM kept") == [(7,)]


@pytest.mark.parametrize("below", ["", "x"])
def test_a_file_in_the_place_of_the_home_is_unavailable(tmp_path: Path, below: str) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(Unavailable, match="home"):
        open_stores(tmp_path / "home" / below)
