"""The contract of online rows, for every adapter: rows come back, newest wins, nothing half-written."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from features.definitions import VIEW_BY_NAME, VIEWS, Scalar, Tags, View
from features.online import (
    CachedOnlineRows,
    Lists,
    OnlineRows,
    PackedRows,
    SqliteOnlineRows,
    lists_of_ids,
    lists_of_tags,
    open_online,
)
from features.online.redis import RedisOnlineRows
from feed_core.model.errors import Corrupt, InvalidInput, Unavailable
from feed_core.redis_client import RedisStore
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys

WIDE = View("wide", ("post",), tuple(Scalar(f"f{i}") for i in range(3)))
PAIR = View("pair", ("user", "author"), (Scalar("a"), Scalar("b")))
TAGGED = VIEW_BY_NAME["user_tags"]
CONTENT = VIEW_BY_NAME["post_content"]
CANDIDATES = VIEW_BY_NAME["user_candidates"]

ADAPTERS: dict[str, Callable[[Path], OnlineRows]] = {
    "sqlite": SqliteOnlineRows,
    "cached": lambda path: CachedOnlineRows(SqliteOnlineRows(path)),
    "cached, full": lambda path: CachedOnlineRows(SqliteOnlineRows(path), max_rows=2),
}
ON_REDIS: dict[str, Callable[[RedisStore], OnlineRows]] = {
    "redis": RedisOnlineRows,
    "redis, cached": lambda store: CachedOnlineRows(RedisOnlineRows(store)),
}


@pytest.fixture
def redis_store(redis_server: Stack) -> Iterator[RedisStore]:
    with fresh_keys(redis_server) as store:
        yield store


@pytest.fixture(params=[*ADAPTERS, *ON_REDIS])
def online(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OnlineRows]:
    if request.param in ON_REDIS:
        rows = ON_REDIS[request.param](request.getfixturevalue("redis_store"))
    else:
        rows = ADAPTERS[request.param](tmp_path / "features" / "online.sqlite")
    yield rows
    rows.close()


def ids(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def block(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_several_views_are_read_at_once_each_for_the_keys_of_its_entities(online: OnlineRows) -> None:
    lists = lists_of_ids([[4, 5], []])
    online.write_many(WIDE, PackedRows(ids(5, 7), block((1, 2, 3), (4, 5, 6)), ids(10, 20)))
    online.write_many(PAIR, PackedRows(np.array([[1, 5], [1, 7]]), block((1, 2), (3, 4)), ids(30, 40)))
    online.write_many(CANDIDATES, PackedRows(ids(1, 2), np.zeros((2, 0), np.float32), ids(50, 60), lists))
    keys = {("post",): ids(7, 9, 5), ("user", "author"): np.array([[1, 7], [1, 9]]), ("user",): ids(1)}
    for _ in range(2):
        read = online.read_views((WIDE, PAIR, CANDIDATES), keys)
        assert {name: rows.event_times.tolist() for name, rows in read.items()} == {
            WIDE.name: [20, 0, 10], PAIR.name: [40, 0], CANDIDATES.name: [50],
        }  # fmt: skip
        np.testing.assert_array_equal(read[PAIR.name].matrix, block((3, 4), (np.nan,) * 2))
        found = read[CANDIDATES.name].lists
        assert found is not None
        assert found.ids.tolist() == [4, 5]
    assert online.read_views((), keys) == {}
    with pytest.raises(InvalidInput, match="must be positive"):
        online.read_views((WIDE, PAIR), {**keys, ("user", "author"): np.array([[1, -7]])})


def test_rows_come_back_in_the_order_asked_for(online: OnlineRows) -> None:
    online.write_many(WIDE, PackedRows(ids(5, 7), block((1, 2, 3), (4, 5, np.nan)), ids(10, 20)))
    for _ in range(2):
        rows = online.read_many(WIDE, ids(7, 99, 5, 7))
        np.testing.assert_array_equal(
            rows.matrix, block((4, 5, np.nan), (np.nan,) * 3, (1, 2, 3), (4, 5, np.nan))
        )
        assert rows.event_times.tolist() == [20, 0, 10, 20]
        assert rows.matrix.dtype == np.float32
        assert rows.lists is None


def test_pairs_are_found_with_one_and_with_many_first_keys(online: OnlineRows) -> None:
    keys = np.array([[1, 2], [1, 3], [2, 1], [2, 3]])
    online.write_many(PAIR, PackedRows(keys, np.arange(8, dtype=np.float32).reshape(4, 2), ids(1, 2, 3, 4)))
    assert online.read_many(PAIR, keys[::-1]).event_times.tolist() == [4, 3, 2, 1]
    assert online.read_many(PAIR, np.array([[1, 3], [1, 1], [1, 2]])).event_times.tolist() == [2, 0, 1]
    assert online.read_many(PAIR, np.array([[3, 3], [2, 2]])).event_times.tolist() == [0, 0]


def test_no_keys_is_no_rows(online: OnlineRows) -> None:
    assert online.write_many(WIDE, PackedRows(ids(), np.zeros((0, 3), np.float32), ids())) == 0
    assert online.read_many(WIDE, ids()).matrix.shape == (0, 3)
    assert online.read_many(PAIR, np.zeros((0, 2), np.int64)).matrix.shape == (0, 2)
    lists = online.read_many(TAGGED, ids()).lists
    assert lists is not None
    assert len(lists) == 0


def test_an_older_row_never_replaces_a_newer_one(online: OnlineRows) -> None:
    assert online.write_many(WIDE, PackedRows(ids(1), block((1, 1, 1)), ids(20))) == 1
    online.read_many(WIDE, ids(1))
    assert online.write_many(WIDE, PackedRows(ids(1), block((2, 2, 2)), ids(10))) == 0
    assert online.read_many(WIDE, ids(1)).matrix[0, 0] == 1
    assert online.write_many(WIDE, PackedRows(ids(1), block((3, 3, 3)), ids(20))) == 1
    assert online.read_many(WIDE, ids(1)).matrix[0, 0] == 3
    assert online.write_many(WIDE, PackedRows(ids(1, 1), block((5, 5, 5), (4, 4, 4)), ids(40, 30))) == 1
    assert online.read_many(WIDE, ids(1)).event_times.tolist() == [40]


def test_rows_of_another_definition_count_as_absent_and_are_counted(online: OnlineRows) -> None:
    changed = msgspec.structs.replace(WIDE, fields=WIDE.fields[::-1])
    online.write_many(WIDE, PackedRows(ids(1, 2), np.ones((2, 3), np.float32), ids(20, 20)))
    online.write_many(changed, PackedRows(ids(1), block((9, 9, 9)), ids(10)))
    rows = online.read_many(WIDE, ids(1, 2))
    assert np.isnan(rows.matrix[0]).all()
    assert rows.event_times.tolist() == [0, 20]
    assert rows.foreign == 1
    assert online.foreign_rows()["wide"] >= 1
    assert online.read_many(changed, ids(1)).matrix[0, 0] == 9


def test_hashtags_come_back_with_weights_and_words(online: OnlineRows) -> None:
    written = lists_of_tags([["sea", "sun"], []], [[0.5, 0.25], []])
    online.write_many(TAGGED, PackedRows(ids(1, 2), np.zeros((2, 0), np.float32), ids(5, 5), written))
    for _ in range(2):
        rows = online.read_many(TAGGED, ids(3, 1, 2, 1)).lists
        assert rows is not None
        assert rows.lengths.tolist() == [0, 2, 0, 2]
        np.testing.assert_array_equal(rows.ids, np.tile(written.ids, 2))
        assert rows.weights.tolist() == [0.5, 0.25, 0.5, 0.25]
    named = online.read_many(TAGGED, ids(1, 3), names=True).lists
    assert named is not None
    assert named.names == ("sea", "sun")


def test_candidate_lists_keep_their_ids_and_order(online: OnlineRows) -> None:
    posts = [[1 << 62, 3], [7]]
    written = lists_of_ids(posts, [[2.0, 1.0], [0.5]])
    online.write_many(CANDIDATES, PackedRows(ids(1, 2), np.zeros((2, 0), np.float32), ids(5, 5), written))
    rows = online.read_many(CANDIDATES, ids(2, 1)).lists
    assert rows is not None
    assert rows.ids.tolist() == [7, 1 << 62, 3]
    assert rows.weights.tolist() == [0.5, 2.0, 1.0]


def test_lists_and_a_block_lie_in_one_row(online: OnlineRows) -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 6)
    online.write_many(CONTENT, PackedRows(ids(1, 2), values, ids(5, 6), lists_of_tags([["a"], ["b", "c"]])))
    rows = online.read_many(CONTENT, ids(2, 1))
    np.testing.assert_array_equal(rows.matrix, values[::-1])
    assert rows.lists is not None
    assert rows.lists.lengths.tolist() == [2, 1]


@pytest.mark.parametrize(
    "keys",
    [ids(0), ids(-3), np.array([1.0]), np.array([np.nan]), np.array(["1"]), np.array([[1, 2]])],
    ids=["zero", "negative", "float", "missing", "text", "pair"],
)
def test_keys_that_are_none_are_refused(online: OnlineRows, keys: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="Keys of wide"):
        online.read_many(WIDE, keys)
    with pytest.raises(InvalidInput, match="Keys of wide"):
        online.write_many(WIDE, PackedRows(keys, np.ones((1, 3), np.float32), ids(1)))


def test_wrong_shapes_and_times_are_refused_and_nothing_is_written(online: OnlineRows) -> None:
    good = np.ones((2, 3), np.float32)
    for matrix, times in [
        (np.ones((2, 4), np.float32), ids(1, 1)),
        (np.ones((1, 3), np.float32), ids(1, 1)),
        (good, ids(1)),
        (good, ids(1, 0)),
        (good, np.array([1.0, np.nan])),
    ]:
        with pytest.raises(InvalidInput):
            online.write_many(WIDE, PackedRows(ids(1, 2), matrix, times))
    assert online.state(WIDE).rows == 0


@pytest.mark.parametrize(
    ("view", "lists"),
    [
        (WIDE, lists_of_tags([["a"]])),
        (TAGGED, None),
        (TAGGED, lists_of_tags([["a"], ["b"]])),
        (TAGGED, lists_of_ids([[1]])),
        (CANDIDATES, lists_of_tags([["a"]])),
    ],
    ids=["not wanted", "missing", "too many", "no words", "words for ids"],
)
def test_lists_that_do_not_fit_the_view_are_refused(
    online: OnlineRows, view: View, lists: Lists | None
) -> None:
    with pytest.raises(InvalidInput):
        online.write_many(view, PackedRows(ids(1), np.zeros((1, view.width), np.float32), ids(1), lists))


def test_state_says_how_much_and_how_new(online: OnlineRows) -> None:
    assert online.state(WIDE).newest == 0
    online.write_many(WIDE, PackedRows(ids(1, 2), np.ones((2, 3), np.float32), ids(30, 10)))
    assert (online.state(WIDE).rows, online.state(WIDE).newest) == (2, 30)
    online.read_many(WIDE, ids(1))
    online.drop(WIDE)
    assert online.state(WIDE).rows == 0
    assert online.read_many(WIDE, ids(1)).event_times.tolist() == [0]


def test_many_threads_read_while_one_writes(online: OnlineRows) -> None:
    keys, torn = np.arange(1, 101), []

    def read() -> None:
        for _ in range(30):
            rows = online.read_many(WIDE, keys).matrix
            torn.extend(rows[(rows != rows[:, :1]).any(1) & ~np.isnan(rows).any(1)])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for value in range(1, 31):
        online.write_many(WIDE, PackedRows(keys, np.full((100, 3), value, np.float32), np.full(100, value)))
    for thread in threads:
        thread.join()
    assert torn == []
    assert (online.read_many(WIDE, keys).matrix == 30).all()


def test_what_another_process_wrote_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "online.sqlite"
    here, there = open_online(path), open_online(path)
    assert here.read_many(WIDE, ids(1)).event_times.tolist() == [0]
    there.write_many(WIDE, PackedRows(ids(1), block((1, 2, 3)), ids(5)))
    assert here.read_many(WIDE, ids(1)).event_times.tolist() == [5]
    there.write_many(WIDE, PackedRows(ids(1), block((4, 5, 6)), ids(6)))
    assert here.read_many(WIDE, ids(1)).event_times.tolist() == [6]


def test_the_pairs_of_one_person_are_read_together_up_to_a_bound(tmp_path: Path) -> None:
    online = SqliteOnlineRows(tmp_path / "online.sqlite")
    keys = np.array([[1, 5], [1, 7], [2, 6]])
    online.write_many(PAIR, PackedRows(keys, np.ones((3, 2), np.float32), ids(4, 5, 6)))
    found = online.read_under(PAIR, 1, 2)
    assert found is not None
    assert (found[0].tolist(), found[1].event_times.tolist()) == ([[1, 5], [1, 7]], [4, 5])
    assert online.read_under(PAIR, 1, 1) is None
    nobody = online.read_under(PAIR, 3, 1)
    assert nobody is not None
    assert nobody[0].shape == (0, 2)
    other = View("pair", ("user", "author"), (Scalar("a"), Scalar("c")))
    assert online.read_under(other, 1, 2) is None


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "online.sqlite"
    online = open_online(path)
    online.write_many(WIDE, PackedRows(ids(41, 42), np.ones((2, 3), np.float32), ids(5, 5)))
    online.write_many(
        TAGGED, PackedRows(ids(43), np.zeros((1, 0), np.float32), ids(5), lists_of_tags([["a"]]))
    )
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE wide SET block = x'00' WHERE post_id = 42")
        connection.execute("UPDATE user_tags SET weights = x'00'")
    with pytest.raises(Corrupt, match="wide for key 42"):
        online.read_many(WIDE, ids(41, 42))
    with pytest.raises(Corrupt, match="user_tags for key 43"):
        online.read_many(TAGGED, ids(43))


def test_a_damaged_row_on_redis_is_named(redis_store: RedisStore) -> None:
    online = RedisOnlineRows(redis_store)
    tags = lists_of_tags([["a"]])
    online.write_many(WIDE, PackedRows(ids(41, 42), np.ones((2, 3), np.float32), ids(5, 5)))
    online.write_many(TAGGED, PackedRows(ids(43), np.zeros((1, 0), np.float32), ids(5), tags))
    for key, cut in (("rows:wide:42", 20), ("rows:user_tags:43", 22)):
        whole = redis_store.client.get(redis_store.key(key))
        redis_store.client.set(redis_store.key(key), whole[:cut])
    with pytest.raises(Corrupt, match="wide for key 42"):
        online.read_many(WIDE, ids(41, 42))
    with pytest.raises(Corrupt, match="user_tags for key 43"):
        online.read_many(TAGGED, ids(43))


def test_what_another_process_wrote_to_redis_is_seen(redis_store: RedisStore) -> None:
    here, there = CachedOnlineRows(RedisOnlineRows(redis_store)), RedisOnlineRows(redis_store)
    assert here.read_many(WIDE, ids(1)).event_times.tolist() == [0]
    for time in (5, 6):
        there.write_many(WIDE, PackedRows(ids(1), block((1, 2, 3)), ids(time)))
        assert here.read_many(WIDE, ids(1)).event_times.tolist() == [time]


def test_more_rows_than_a_script_takes_are_one_write(redis_store: RedisStore) -> None:
    online, keys = RedisOnlineRows(redis_store), np.arange(1, 2_502)
    rows = PackedRows(keys, np.tile(keys[:, None], 3).astype(np.float32), keys)
    assert online.write_many(WIDE, rows) == 2_501
    assert (online.read_many(WIDE, keys).event_times == keys).all()
    assert (online.state(WIDE).rows, online.state(WIDE).newest) == (2_501, 2_501)


def test_a_file_that_is_no_database_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "online.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(Corrupt, match="not a readable database"):
        open_online(path)


def test_closed_rows_say_so(tmp_path: Path) -> None:
    online = SqliteOnlineRows(tmp_path / "online.sqlite")
    online.close()
    with pytest.raises(Unavailable):
        online.read_many(WIDE, ids(1))


def test_lists_whose_parts_differ_in_length_are_refused() -> None:
    with pytest.raises(InvalidInput):
        lists_of_tags([["a", "b"]], [[1.0]])
    with pytest.raises(InvalidInput):
        Lists(ids(0, 2), ids(1), np.ones(2, np.float32))
    with pytest.raises(InvalidInput):
        Lists(ids(0, 1), ids(1), np.ones(1, np.float32), ("a", "b"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.data(), view=st.sampled_from(VIEWS))
def test_any_row_of_any_view_comes_back(
    tmp_path: Path, redis_store: RedisStore, values: st.DataObject, view: View
) -> None:
    key = st.tuples(*[st.integers(1, (1 << 63) - 1)] * len(view.join_keys))
    keys = np.array(values.draw(st.lists(key, unique=True, min_size=1, max_size=8)), np.int64)
    n = len(keys)
    matrix = values.draw(hnp.arrays(np.float32, (n, view.width), elements=st.floats(width=32)))
    times = values.draw(hnp.arrays(np.int64, (n,), elements=st.integers(1, 1 << 50)))
    tags = values.draw(st.lists(st.lists(st.text(), max_size=3), min_size=n, max_size=n))
    lists = None
    if view.list_field is not None:
        lists = lists_of_ids([[len(t) for t in row] for row in tags])
        lists = lists_of_tags(tags) if isinstance(view.list_field, Tags) else lists
    for online in (SqliteOnlineRows(tmp_path / "any.sqlite"), RedisOnlineRows(redis_store)):
        online.drop(view)
        online.write_many(view, PackedRows(keys, matrix, times, lists))
        check_reversed(online, view, keys, matrix, times, lists)
        if isinstance(online, SqliteOnlineRows):
            online.close()


def check_reversed(
    online: OnlineRows,
    view: View,
    keys: np.ndarray,
    matrix: np.ndarray,
    times: np.ndarray,
    lists: Lists | None,
) -> None:
    order = np.arange(len(keys))[::-1]
    rows = online.read_many(view, keys[order], names=True)
    np.testing.assert_array_equal(rows.matrix, matrix[order])
    np.testing.assert_array_equal(rows.event_times, times[order])
    if lists is not None and rows.lists is not None:
        np.testing.assert_array_equal(rows.lists.ids, lists.take(order).ids)
        assert rows.lists.names == lists.take(order).names


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["write", "other", "read"]), st.integers(1, 4), st.integers(1, 9)),
        max_size=20,
    )
)
def test_the_cache_answers_like_the_store(tmp_path: Path, steps: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "oracle.sqlite"
    cached, other = CachedOnlineRows(SqliteOnlineRows(path), max_rows=6), SqliteOnlineRows(path)
    for view in (WIDE, TAGGED, PAIR):
        other.drop(view)
    for step, key, time in steps:
        tags = lists_of_tags([[str(time)] * key])
        writer: OnlineRows = cached if step == "write" else other
        if step != "read":
            writer.write_many(WIDE, PackedRows(ids(key), np.full((1, 3), time, np.float32), ids(time)))
            writer.write_many(TAGGED, PackedRows(ids(key), np.zeros((1, 0), np.float32), ids(time), tags))
            pair = np.array([[time % 2 + 1, key]])
            writer.write_many(PAIR, PackedRows(pair, np.full((1, 2), time, np.float32), ids(time)))
        asked = ids(key, 1, 2, 3, key)
        for people in ((1,), (2,), (1, 2)):
            pairs = np.array([[person, other_] for person in people for other_ in asked])
            mine, theirs = cached.read_many(PAIR, pairs), other.read_many(PAIR, pairs)
            np.testing.assert_array_equal(mine.matrix, theirs.matrix)
            np.testing.assert_array_equal(mine.event_times, theirs.event_times)
        np.testing.assert_array_equal(
            cached.read_many(WIDE, asked).matrix, other.read_many(WIDE, asked).matrix
        )
        tags, those = cached.read_many(TAGGED, asked).lists, other.read_many(TAGGED, asked).lists
        assert tags is not None
        assert those is not None
        assert tags.ids.tolist() == those.ids.tolist()
        assert tags.offsets.tolist() == those.offsets.tolist()
    cached.close()
    other.close()
