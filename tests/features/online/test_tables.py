"""A view's table in SQLite is there for every process that names it, whoever else has named it before."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from features.definitions import VIEW_BY_NAME, Ids, Scalar, Tags, View
from features.online import OnlineRows, PackedRows, SqliteOnlineRows, lists_of_ids, lists_of_tags, open_online

WIDE = View("wide", ("post",), tuple(Scalar(f"f{i}") for i in range(3)))


def row_of(view: View) -> PackedRows:
    """One row of ones at 5 ms, its keys 1, with one item when there is a list."""
    key = np.ones((1, len(view.join_keys)), np.int64)
    lists = {Tags: lists_of_tags([["a"]]), Ids: lists_of_ids([[1]])}.get(type(view.list_field))
    return PackedRows(key, np.ones((1, view.width), np.float32), np.array([5]), lists)


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


CANDIDATES = VIEW_BY_NAME["user_candidates"]
LAID_OUT_ANEW = {
    "a list more": (WIDE, View("wide", ("post",), (*WIDE.fields, Ids("ids")))),
    "a list less": (CANDIDATES, View("user_candidates", ("user",), (Scalar("a"),))),
    "words for ids": (CANDIDATES, View("user_candidates", ("user",), (Tags("post_ids", weights="scores"),))),
    "another key": (WIDE, View("wide", ("user",), WIDE.fields)),
    "a key more": (WIDE, View("wide", ("user", "post"), WIDE.fields)),
}


@pytest.mark.parametrize(("before", "after"), LAID_OUT_ANEW.values(), ids=LAID_OUT_ANEW)
def test_a_view_that_is_laid_out_anew_passes_over_what_lies_there_and_takes_its_place(
    tmp_path: Path, before: View, after: View
) -> None:
    online = SqliteOnlineRows(tmp_path / "online.sqlite")
    online.write_many(before, row_of(before))
    online.close()
    again = SqliteOnlineRows(tmp_path / "online.sqlite")
    assert times(again, after) == [0]
    assert again.write_many(after, row_of(after)) == 1
    assert times(again, after) == [5]
    again.close()


@pytest.mark.parametrize(
    "view", [WIDE, CANDIDATES, VIEW_BY_NAME["post_content"], VIEW_BY_NAME["user_author"]]
)
def test_a_view_whose_layout_is_the_same_keeps_its_rows(tmp_path: Path, view: View) -> None:
    online = SqliteOnlineRows(tmp_path / "online.sqlite")
    online.write_many(view, row_of(view))
    online.close()
    again = SqliteOnlineRows(tmp_path / "online.sqlite")
    renamed = View(view.name, view.entities, (*view.fields[:1], *view.fields[1:][::-1]))
    assert again.state(renamed).rows == 1
    assert times(again, view) == [5]
    again.close()
