"""A view's table in SQLite is there for every process that names it, whoever else has named it before."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from features.definitions import Scalar, View
from features.online import OnlineRows, PackedRows, SqliteOnlineRows, open_online

WIDE = View("wide", ("post",), tuple(Scalar(f"f{i}") for i in range(3)))


def row_of(view: View) -> PackedRows:
    """One row of ones at 5 ms, its keys 1."""
    key = np.ones((1, len(view.join_keys)), np.int64)
    return PackedRows(key, np.ones((1, view.width), np.float32), np.array([5]))


def times(online: OnlineRows, view: View) -> list[int]:
    return online.read_many(view, row_of(view).keys).event_times.tolist()


CALLS: dict[str, Callable[[OnlineRows], bool]] = {
    "read": lambda online: times(online, WIDE) == [0],
    "state": lambda online: online.state(WIDE).rows == 0,
    "write": lambda online: online.write_many(WIDE, row_of(WIDE)) == 1,
}


@pytest.mark.parametrize("open_rows", [SqliteOnlineRows, open_online], ids=["file", "cached"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_view_that_another_process_dropped_has_no_rows_until_it_is_written(
    tmp_path: Path, call: Callable[[OnlineRows], bool], open_rows: Callable[[Path], OnlineRows]
) -> None:
    here, there = (open_rows(tmp_path / "online.sqlite") for _ in range(2))
    here.write_many(WIDE, row_of(WIDE))
    assert times(here, WIDE) == [5]
    there.drop(WIDE)
    assert call(here)
    here.close()
    there.close()
