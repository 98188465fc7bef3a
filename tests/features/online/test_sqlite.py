"""Rows in a file: whole writes or none, any number of keys, one newest row whoever writes."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from features.definitions import VIEW_BY_NAME, Scalar, View
from features.online import (
    CachedOnlineRows,
    OnlineRows,
    PackedRows,
    SqliteOnlineRows,
    lists_of_tags,
    open_online,
)
from features.online.statements import CHUNK
from feed_core.model.errors import Unavailable

WIDE = View("wide", ("post",), (Scalar("a"), Scalar("b")))
PAIR = View("pair", ("user", "author"), (Scalar("a"),))
TAGGED = VIEW_BY_NAME["user_tags"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "online.sqlite"


@pytest.fixture(params=["kept in memory", "read each time"])
def online(request: pytest.FixtureRequest, path: Path) -> Iterator[OnlineRows]:
    rows = open_online(path, cached=request.param == "kept in memory")
    yield rows
    rows.close()


def packed(view: View, keys: np.ndarray, time: int) -> PackedRows:
    """Rows that say when they were written."""
    n = len(keys)
    return PackedRows(keys, np.full((n, view.width), time, np.float32), np.full(n, time))


def broken_at(path: Path, table: str, condition: str) -> None:
    """A database that refuses a row of ``table``, as a full disk would in the middle of a write."""
    with sqlite3.connect(path) as connection:
        for when in ("INSERT", "UPDATE"):
            connection.execute(
                f"CREATE TRIGGER no_{when} BEFORE {when} ON {table} WHEN NEW.{condition} "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )


def test_a_write_that_breaks_off_leaves_nothing_and_the_next_one_is_whole(
    online: OnlineRows, path: Path
) -> None:
    online.write_many(WIDE, packed(WIDE, np.array([1, 2]), 5))
    before = online.read_many(WIDE, np.arange(1, 6)).event_times.tolist()
    broken_at(path, "wide", "post_id = 4")
    with pytest.raises(sqlite3.DatabaseError, match="no room"):
        online.write_many(WIDE, packed(WIDE, np.arange(1, 6), 9))
    assert online.read_many(WIDE, np.arange(1, 6)).event_times.tolist() == before
    assert (online.state(WIDE).rows, online.state(WIDE).newest) == (2, 5)
    assert online.write_many(WIDE, packed(WIDE, np.array([1, 3]), 9)) == 2
    assert online.read_many(WIDE, np.arange(1, 6)).event_times.tolist() == [9, 5, 9, 0, 0]


@pytest.mark.parametrize("n", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1])
def test_any_number_of_keys_is_one_read(path: Path, n: int) -> None:
    online, keys = SqliteOnlineRows(path), np.arange(1, n + 1)
    online.write_many(WIDE, PackedRows(keys, np.column_stack([keys, -keys]).astype(np.float32), keys))
    asked = np.concatenate([keys[::-1], [n + 1]])
    found = online.read_many(WIDE, asked)
    assert found.event_times.tolist() == [*keys[::-1].tolist(), 0]
    assert (found.matrix[:-1, 0] == asked[:-1]).all()
    online.close()


@pytest.mark.parametrize("people", [1, 2, CHUNK + 1], ids=["one", "two", "all different"])
def test_any_number_of_pairs_is_one_read_whoever_they_begin_with(path: Path, people: int) -> None:
    n = CHUNK + 1
    online = SqliteOnlineRows(path)
    pairs = np.column_stack([np.arange(n) % people + 1, np.arange(1, n + 1)])
    online.write_many(PAIR, PackedRows(pairs, pairs[:, 1:].astype(np.float32), np.arange(1, n + 1)))
    swapped = np.array([[n + 1, 1]])
    found = online.read_many(PAIR, np.concatenate([pairs[::-1], swapped]))
    assert found.event_times.tolist() == [*range(n, 0, -1), 0]
    online.close()


def test_the_newest_row_stays_whichever_thread_writes_and_everybody_reads_it(online: OnlineRows) -> None:
    rng, keys = np.random.default_rng(0), np.arange(1, 21)
    times = rng.permutation(np.arange(1, 81)).reshape(4, 20)
    start = threading.Barrier(len(times))

    def write(own: np.ndarray) -> None:
        start.wait()
        for time in own.tolist():
            online.write_many(WIDE, packed(WIDE, keys[time % 3 :], time))
            online.read_many(WIDE, keys)

    threads = [threading.Thread(target=write, args=(own,)) for own in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = [max(t for t in range(1, 81) if t % 3 <= place) for place in range(20)]
    for _ in range(2):
        found = online.read_many(WIDE, keys)
        assert found.event_times.tolist() == newest
        assert (found.matrix == found.event_times[:, None]).all()


@pytest.mark.parametrize("view", [WIDE, PAIR, TAGGED], ids=lambda view: view.name)
def test_what_was_read_belongs_to_the_reader(online: OnlineRows, view: View) -> None:
    keys = np.ones((1, len(view.join_keys)), np.int64)
    lists = lists_of_tags([["sea", "sun"]], [[0.5, 0.25]]) if view.list_field else None
    online.write_many(view, PackedRows(keys, np.ones((1, view.width), np.float32), np.array([5]), lists))
    for _ in range(3):
        rows = online.read_many(view, keys)
        assert rows.event_times.tolist() == [5]
        assert (rows.matrix == 1).all()
        rows.event_times[:] = 0
        rows.matrix[:] = -1
        if rows.lists is not None:
            assert rows.lists.weights.tolist() == [0.5, 0.25]
            if rows.lists.weights.flags.writeable:
                rows.lists.weights[:] = -1


@pytest.mark.parametrize("view", [WIDE, PAIR], ids=lambda view: view.name)
def test_what_the_writer_does_to_its_arrays_afterwards_changes_no_row(online: OnlineRows, view: View) -> None:
    keys = np.ones((1, len(view.join_keys)), np.int64)
    online.read_many(view, keys)
    rows = packed(view, keys, 5)
    online.write_many(view, rows)
    rows.matrix[:], rows.event_times[:], keys[:] = -1, 99, 7
    found = online.read_many(view, np.ones_like(keys))
    assert (found.matrix.tolist(), found.event_times.tolist()) == ([[5.0] * view.width], [5])


def test_rows_outlive_the_process_and_a_view_is_dropped_alone(path: Path) -> None:
    first = SqliteOnlineRows(path)
    first.write_many(WIDE, packed(WIDE, np.array([1]), 5))
    first.write_many(PAIR, packed(PAIR, np.array([[1, 1]]), 6))
    first.close()
    again = open_online(path)
    assert again.read_many(WIDE, np.array([1])).event_times.tolist() == [5]
    again.drop(WIDE)
    assert again.read_many(WIDE, np.array([1])).event_times.tolist() == [0]
    assert again.read_many(PAIR, np.array([[1, 1]])).event_times.tolist() == [6]
    again.close()


CALLS: dict[str, Callable[[OnlineRows], object]] = {
    "read": lambda online: online.read_many(WIDE, np.array([1])),
    "read another view": lambda online: online.read_many(PAIR, np.array([[1, 1]])),
    "write": lambda online: online.write_many(WIDE, packed(WIDE, np.array([1]), 9)),
    "state": lambda online: online.state(WIDE),
    "drop": lambda online: online.drop(WIDE),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_rows_that_are_closed_answer_nothing_more_in_any_thread(
    online: OnlineRows, call: Callable[[OnlineRows], object]
) -> None:
    online.write_many(WIDE, packed(WIDE, np.array([1]), 5))
    online.read_many(WIDE, np.array([1]))
    online.close()
    online.close()
    told: list[Exception] = []

    def elsewhere() -> None:
        try:
            call(online)
        except Unavailable as error:
            told.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "is closed" in str(told[0])
    with pytest.raises(Unavailable, match="is closed"):
        call(online)


def test_a_cache_of_an_empty_size_still_answers_like_its_store(path: Path) -> None:
    store = SqliteOnlineRows(path)
    tiny = CachedOnlineRows(store, max_rows=0)
    tiny.write_many(WIDE, packed(WIDE, np.arange(1, 6), 5))
    for _ in range(2):
        assert tiny.read_many(WIDE, np.arange(0, 6) + 1).event_times.tolist() == [5] * 5 + [0]
    tiny.close()
