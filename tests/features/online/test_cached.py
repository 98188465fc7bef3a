"""Rows kept in memory answer like the store, whoever wrote since the last look and whatever came together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import VIEW_BY_NAME, Scalar, View
from features.online import CachedOnlineRows, PackedRows, Rows, SqliteOnlineRows, lists_of_ids, lists_of_tags
from features.online import cached as module

WIDE = View("wide", ("post",), (Scalar("a"), Scalar("b")))
SAME = View("same", ("post",), (Scalar("a"),))
PAIR = View("pair", ("user", "author"), (Scalar("a"),))
LISTED = VIEW_BY_NAME["user_candidates"]
VIEWS = (WIDE, SAME, PAIR, LISTED)
numbers = st.integers(1, 4)
steps = st.lists(
    st.tuples(
        st.sampled_from(["mine", "theirs", "read", "read all"]),
        st.sampled_from(VIEWS),
        st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4),
        st.integers(1, 9),
    ),
    max_size=20,
)
_places = iter(range(10**9))


def keys_of(view: View, pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, np.int64)[:, : len(view.join_keys)]


def packed(view: View, keys: np.ndarray, time: int) -> PackedRows:
    """Rows that tell of their time in every part."""
    n = len(keys)
    lists = lists_of_ids([[time] * (time % 3)] * n) if view is LISTED else None
    return PackedRows(keys, np.full((n, view.width), time, np.float32), np.full(n, time), lists)


@settings(max_examples=15)
@given(steps=steps, max_rows=st.sampled_from([0, 3, 1_000]))
def test_whoever_wrote_since_the_last_look_the_next_one_sees_it(
    tmp_path_factory: pytest.TempPathFactory, steps, max_rows: int
) -> None:
    path = tmp_path_factory.getbasetemp() / f"cached-{next(_places)}.sqlite"
    mine, theirs = CachedOnlineRows(SqliteOnlineRows(path), max_rows=max_rows), SqliteOnlineRows(path)
    model: dict[tuple[str, tuple[int, ...]], int] = {}
    for step, view, pairs, time in steps:
        keys = keys_of(view, pairs)
        named = [(view.name, tuple(key)) for key in keys.tolist()]
        if step == "read":
            check(mine.read_many(view, keys), view, keys, model)
        elif step == "read all":
            asked = {view.entities: keys_of(view, pairs) for view in VIEWS}
            read = mine.read_views(VIEWS, asked)
            assert sorted(read) == sorted(view.name for view in VIEWS)
            for each in VIEWS:
                check(read[each.name], each, asked[each.entities], model)
        else:
            (mine if step == "mine" else theirs).write_many(view, packed(view, keys, time))
            model |= {name: max(time, model.get(name, 0)) for name in named}
    mine.close()
    theirs.close()


def check(rows: Rows, view: View, keys: np.ndarray, model: dict[tuple[str, tuple[int, ...]], int]) -> None:
    """``rows`` are those of ``model``."""
    expected = [model.get((view.name, tuple(key)), 0) for key in keys.tolist()]
    assert rows.event_times.tolist() == expected
    assert np.nan_to_num(rows.matrix).tolist() == [[time] * view.width for time in expected]
    if rows.lists is not None:
        assert rows.lists.lengths.tolist() == [time % 3 for time in expected]


class Counting(SqliteOnlineRows):
    """Notes how it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads: list[str] = []

    def read_many(self, view, keys, *, names: bool = False):  # type: ignore[no-untyped-def]
        self.reads.append("some")
        return super().read_many(view, keys, names=names)

    def read_under(self, view, first: int, most: int):  # type: ignore[no-untyped-def]
        self.reads.append("together")
        return super().read_under(view, first, most)


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    rows = Counting(tmp_path / "online.sqlite")
    yield rows
    rows.close()


def test_what_was_read_once_is_not_asked_of_the_store_again_also_that_there_is_nothing(store) -> None:
    online = CachedOnlineRows(store)
    online.write_many(WIDE, packed(WIDE, np.array([[1], [2]]), 5))
    for asked in ([[1], [2], [3]], [[3], [1]], [[2], [2], [3]]):
        online.read_many(WIDE, np.array(asked))
    assert store.reads == ["some"]
    online.read_many(WIDE, np.array([[1], [4], [5]]))
    assert store.reads == ["some", "some"]
    for _ in range(2):
        online.read_many(WIDE, np.array([[6], [4]]))
    assert store.reads == ["some", "some", "together"], "a single key needs no index"


def test_the_pairs_of_one_person_are_read_together_and_those_of_several_by_themselves(store) -> None:
    online = CachedOnlineRows(store)
    online.write_many(PAIR, packed(PAIR, np.array([[1, 2], [1, 3], [2, 2]]), 5))
    assert online.read_many(PAIR, np.array([[1, 3]])).event_times.tolist() == [5]
    assert online.read_many(PAIR, np.array([[1, 9], [1, 2]])).event_times.tolist() == [0, 5]
    assert store.reads == ["together"], "of this person all pairs are known"
    assert online.read_many(PAIR, np.array([[2, 2], [3, 1]])).event_times.tolist() == [5, 0]
    assert store.reads == ["together", "some"]


def test_of_somebody_with_more_pairs_than_the_bound_only_those_asked_for_are_kept(
    store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TOGETHER", 2)
    online = CachedOnlineRows(store)
    online.write_many(PAIR, packed(PAIR, np.array([[1, 2], [1, 3], [1, 4]]), 5))
    for asked, known in (([[1, 3]], [5]), ([[1, 9]], [0]), ([[1, 3], [1, 9]], [5, 0])):
        assert online.read_many(PAIR, np.array(asked)).event_times.tolist() == known
    assert store.reads == ["together", "some"] * 2


def test_words_come_from_the_store_each_time_and_are_those_of_now(tmp_path: Path) -> None:
    view, path = VIEW_BY_NAME["user_tags"], tmp_path / "online.sqlite"
    online, other = CachedOnlineRows(SqliteOnlineRows(path)), SqliteOnlineRows(path)
    for time, word in ((5, "sea"), (6, "snow")):
        tags = lists_of_tags([[word]])
        other.write_many(
            view, PackedRows(np.array([1]), np.zeros((1, 0), np.float32), np.array([time]), tags)
        )
        online.read_many(view, np.array([1]))
        named = online.read_many(view, np.array([1]), names=True).lists
        assert named is not None
        assert named.names == (word,)
    online.close()
    other.close()
