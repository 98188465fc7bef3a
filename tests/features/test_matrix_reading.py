"""What a request reads: each view once, only those that its features need, and of each row its age."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from features.definitions import DISCOVERY, FEATURE_NAMES, FOR_YOU, VIEW_BY_NAME, VIEWS, Names, View, views_of
from features.matrix import Candidates, FeatureReader, Matrix, RequestContext
from features.online import PackedRows, Rows, SqliteOnlineRows
from features.online.lists import lists_of_ids, lists_of_tags, no_lists
from features.online.rows import Entities
from feed_core.model.clock import HOUR

NOW = 1_780_000_000_000
ME = 7


class Noting:
    """Online rows without a row, which note what they are asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[list[int]]]] = []

    def read_views(self, views: Sequence[View], keys: Mapping[Entities, np.ndarray]) -> dict[str, Rows]:
        return {view.name: self._nothing(view, keys[view.entities]) for view in views}

    def _nothing(self, view: View, keys: np.ndarray) -> Rows:
        n = len(keys)
        self.asked.append((view.name, keys.reshape(n, -1).tolist()))
        lists = None if view.list_field is None else no_lists(n)
        return Rows(np.full((n, view.width), np.nan, np.float32), np.zeros(n, np.int64), lists)


def candidates(posts: list[int]) -> Candidates:
    ids, n = np.array(posts, np.int64), len(posts)
    return Candidates(ids, ids % 3 + 1, np.full(n, NOW - HOUR), np.ones(n, np.int64), np.ones(n, bool))


def read(online: Any, posts: list[int], names: Names = FEATURE_NAMES) -> Matrix:
    return FeatureReader(online).read(
        RequestContext(ME, NOW, np.zeros(0, np.int64)), candidates(posts), names
    )


@settings(max_examples=20)
@given(
    names=st.lists(st.sampled_from(FOR_YOU.features + DISCOVERY.features[1:]), unique=True, max_size=6).map(
        tuple
    )
)
def test_each_view_that_is_needed_is_read_once_and_no_other(names: Names) -> None:
    online = Noting()
    matrix = read(online, [101, 102], names)
    assert [name for name, _ in online.asked] == [view.name for view in views_of(names)]
    assert matrix.values.shape == (2, len(names))
    assert set(matrix.event_times) == {view.name for view in views_of(names)}


def test_a_view_is_asked_for_the_person_the_author_the_post_or_the_pair() -> None:
    online = Noting()
    read(online, [101, 102], FOR_YOU.features + DISCOVERY.features[1:])
    keys = {
        ("user",): [[ME]],
        ("author",): [[3], [1]],
        ("post",): [[101], [102]],
        ("user", "author"): [[ME, 3], [ME, 1]],
        ("user", "post"): [[ME, 101], [ME, 102]],
    }
    assert len(online.asked) == len({name for name, _ in online.asked})
    for name, asked in online.asked:
        assert asked == keys[VIEW_BY_NAME[name].entities], name


@pytest.fixture
def online(tmp_path: Path):  # type: ignore[no-untyped-def]
    rows = SqliteOnlineRows(tmp_path / "online.sqlite")
    yield rows
    rows.close()


def put(online: SqliteOnlineRows, view: str, key: list[int], time: int) -> None:
    made = VIEW_BY_NAME[view]
    lists = None
    if made.list_field is not None:
        lists = lists_of_tags([["sea"]]) if view in ("user_tags", "post_content") else lists_of_ids([[1]])
    row = PackedRows(np.array([key]), np.ones((1, made.width), np.float32), np.array([time]), lists)
    online.write_many(made, row)


@pytest.mark.parametrize(
    ("rows", "names", "newest"),
    [
        ({}, FOR_YOU.features, 0),
        ({"post_content": ([101], 9)}, FOR_YOU.features, 0),
        ({"user_tags": ([ME], 9)}, FOR_YOU.features, 0),
        ({"post_stats": ([101], 5), "user_tags": ([ME], 9)}, FOR_YOU.features, 5),
        ({"post_stats": ([101], 5), "user_author": ([ME, 3], 8)}, FOR_YOU.features, 8),
        ({"post_stats": ([999], 5)}, FOR_YOU.features, 0),
        ({"post_standing": ([101], 6), "user_post": ([ME, 102], 7)}, DISCOVERY.features, 7),
        ({"post_content": ([101], 9)}, ("hashtag_count",), 0),
        ({}, ("hour_of_day",), 0),
    ],
    ids=[
        "nothing", "what a post is", "what a job wrote", "counted goes before jobs", "the newest counted",
        "of another post", "jobs where nothing is counted", "content has no age", "no view at all",
    ],
)  # fmt: skip
def test_the_age_of_a_matrix_is_that_of_the_newest_row_that_tells_of_events(
    online: SqliteOnlineRows, rows: dict[str, tuple[list[int], int]], names: Names, newest: int
) -> None:
    for view, (key, time) in rows.items():
        put(online, view, key, time)
    assert read(online, [101, 102], names).newest == newest
    assert read(online, [], names).newest in (0, newest)


def test_rows_of_other_definitions_are_counted_over_all_views_and_read_as_none(
    online: SqliteOnlineRows,
) -> None:
    for name, key in (("post_stats", [101]), ("user_activity", [ME]), ("author_stats", [3])):
        view = VIEW_BY_NAME[name]
        other = structs.replace(view, fields=view.fields[::-1])
        online.write_many(
            other, PackedRows(np.array([key]), np.full((1, view.width), 99, np.float32), np.array([5]))
        )
    matrix = read(online, [101, 102])
    np.testing.assert_array_equal(matrix.values, read(Noting(), [101, 102]).values)
    assert (matrix.foreign, matrix.newest) == (3, 0)


@settings(max_examples=10)
@given(posts=st.lists(st.integers(101, 110), max_size=6), seed=st.integers(0, 3))
def test_a_post_named_twice_has_its_row_twice_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory, posts: list[int], seed: int
) -> None:
    path = tmp_path_factory.getbasetemp() / f"repeated-{seed}.sqlite"
    online = SqliteOnlineRows(path)
    for view in VIEWS:
        if view.entities == ("post",) and view.list_field is None:
            keys = np.arange(101, 108)
            values = np.random.default_rng(seed).integers(0, 50, (7, view.width)).astype(np.float32)
            online.write_many(view, PackedRows(keys, values, np.full(7, 5)))
    together = read(online, posts).values
    for place, post in enumerate(posts):
        np.testing.assert_array_equal(together[place : place + 1], read(online, [post]).values)
    online.close()
