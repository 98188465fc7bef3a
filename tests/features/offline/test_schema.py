"""A table of offline rows is packed as a row by row reading of it says, however Arrow holds it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import VIEW_BY_NAME, VIEWS, Count, Ids, Scalar, Tags, Vector, View
from features.offline.schema import EVENT_TIMESTAMP, lists_of, matrix_of, pack, schema_of
from features.online import tag_hash
from feed_core.model.errors import Corrupt
from feed_core.model.ids import MAX_ID

TAGGED, LISTED = VIEW_BY_NAME["user_tags"], VIEW_BY_NAME["user_candidates"]
MIXED = View(
    "mixed",
    ("user", "post"),
    (Scalar("first"), Vector("taste", 3), Ids("ids", weights="scores"), Count("likes", ("like",), 3_600_000)),
)
WORDS = View("words", ("post",), (Tags("tags"), Scalar("length")))
numbers = st.floats(width=32, allow_nan=False) | st.none()
ids = st.integers(1, MAX_ID)
MICROS = 1_780_000_000_000_000


@st.composite
def rows(draw: st.DrawFn, view: View) -> dict[str, Any]:
    """One row of ``view`` as Python values; ``None`` where nothing is known."""
    row: dict[str, Any] = {key: draw(ids) for key in view.join_keys}
    row[EVENT_TIMESTAMP] = draw(st.integers(1, 2 * MICROS))
    for field in view.fields:
        if isinstance(field, Vector):
            vector = st.lists(st.floats(width=32, allow_nan=False), min_size=field.size, max_size=field.size)
            row[field.name] = draw(vector | st.none() | st.just([]))
        elif isinstance(field, Tags | Ids):
            items = draw(
                st.lists(st.text(max_size=4) if isinstance(field, Tags) else ids, max_size=4) | st.none()
            )
            row[field.name] = items
            if field.weights:
                row[field.weights] = None if items is None else [float(i) for i in range(len(items))]
        else:
            row[field.name] = draw(numbers)
    return row


def table_of(view: View, given_rows: list[dict[str, Any]]) -> Any:
    return pa.Table.from_pylist(given_rows, schema=schema_of(view))


def expected_values(view: View, row: dict[str, Any]) -> list[float]:
    values: list[float] = []
    for field in view.fields:
        if isinstance(field, Vector):
            values += row[field.name] or [np.nan] * field.size
        elif not isinstance(field, Tags | Ids):
            values.append(np.nan if row[field.name] is None else row[field.name])
    return values


def check(view: View, table: Any, expected: list[dict[str, Any]]) -> None:
    packed = pack(view, table)
    assert packed.keys.tolist() == [[row[key] for key in view.join_keys] for row in expected]
    assert packed.event_times.tolist() == [row[EVENT_TIMESTAMP] // 1_000 for row in expected]
    values = np.array([expected_values(view, row) for row in expected], np.float32)
    np.testing.assert_array_equal(packed.matrix, values.reshape(len(expected), view.width))
    if (field := view.list_field) is None:
        assert packed.lists is None
        return
    assert packed.lists is not None
    items = [row[field.name] or [] for row in expected]
    flat = [item for held in items for item in held]
    assert packed.lists.lengths.tolist() == [len(held) for held in items]
    assert packed.lists.ids.tolist() == [tag_hash(i) if isinstance(i, str) else i for i in flat]
    assert packed.lists.names == (tuple(flat) if isinstance(field, Tags) else None)
    weights = [float(i) if field.weights else 1.0 for held in items for i in range(len(held))]
    assert packed.lists.weights.tolist() == weights


@pytest.mark.parametrize("view", [MIXED, WORDS, TAGGED, LISTED], ids=lambda view: view.name)
@settings(max_examples=12)
@given(data=st.data())
def test_any_rows_are_packed_as_read_one_by_one(view: View, data: st.DataObject) -> None:
    made = data.draw(st.lists(rows(view), max_size=6))
    check(view, table_of(view, made), made)


@pytest.mark.parametrize("view", [MIXED, WORDS, TAGGED, LISTED], ids=lambda view: view.name)
@settings(max_examples=12)
@given(data=st.data())
def test_a_part_of_a_table_in_many_chunks_is_packed_like_a_table_of_its_own(
    view: View, data: st.DataObject
) -> None:
    made = data.draw(st.lists(rows(view), min_size=1, max_size=8))
    cut = data.draw(st.integers(0, len(made)))
    start, length = data.draw(st.integers(0, len(made))), data.draw(st.integers(0, len(made)))
    chunked = pa.concat_tables([table_of(view, made[:cut]), table_of(view, made[cut:])])
    check(view, chunked.slice(start, length), made[start : start + length])


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_rows_of_any_view_are_packed_as_none(view: View) -> None:
    packed = pack(view, schema_of(view).empty_table())
    assert packed.matrix.shape == (0, view.width)
    assert packed.keys.shape == (0, len(view.join_keys))
    assert (packed.lists is None) == (view.list_field is None)


def test_columns_may_stand_in_any_order_beside_others() -> None:
    row = {"post_id": 5, EVENT_TIMESTAMP: MICROS, "tags": ["a"], "length": 2.0}
    table = table_of(WORDS, [row]).select(["length", "tags", EVENT_TIMESTAMP, "post_id"])
    check(WORDS, table.append_column("more", pa.array([1])), [row])


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", ["UTC", None])
def test_times_of_any_unit_with_or_without_a_zone_are_utc(unit: str, zone: str | None) -> None:
    table = table_of(WORDS, [{"post_id": 5, EVENT_TIMESTAMP: MICROS, "tags": [], "length": 0.0}])
    at = table.column_names.index(EVENT_TIMESTAMP)
    times = table[EVENT_TIMESTAMP].cast(pa.timestamp(unit, zone))
    assert pack(WORDS, table.set_column(at, EVENT_TIMESTAMP, times)).event_times.tolist() == [MICROS // 1_000]


@pytest.mark.parametrize(("weights", "found"), [([[0.5]], 1), ([[]], 0), ([None], 0), ([[0.1, 0.2, 0.3]], 3)])
def test_more_or_fewer_weights_than_items_are_corrupt(weights: list[Any], found: int) -> None:
    row = {"user_id": 5, EVENT_TIMESTAMP: MICROS, "tags": ["a", "b"], "weights": weights[0]}
    with pytest.raises(Corrupt, match=f"user_tags has 2 tags but {found} weights"):
        lists_of(TAGGED, table_of(TAGGED, [row]))


@pytest.mark.parametrize(
    ("view", "items", "weights", "told"),
    [
        (TAGGED, [["a", "b"], ["c"]], [[1.0], [2.0, 3.0]], "has 2 tags but 1 weights"),
        (TAGGED, [None, ["c"]], [[1.0], None], "has 0 tags but 1 weights"),
        (LISTED, [[(1 << 60) + 1, None], [5]], [[1.0, 2.0], [3.0]], "1 post_ids that are null"),
        (TAGGED, [["a", None], ["c"]], [[1.0, 2.0], [3.0]], "1 tags that are null"),
    ],
    ids=["weights of the next row", "weights of nothing", "an id that is missing", "a tag that is missing"],
)
def test_lists_that_do_not_fit_row_by_row_are_corrupt(
    view: View, items: list[Any], weights: list[Any], told: str
) -> None:
    assert view.list_field is not None
    made = [
        {"user_id": 5, EVENT_TIMESTAMP: MICROS, view.list_field.name: held, view.list_field.weights: beside}
        for held, beside in zip(items, weights, strict=True)
    ]
    with pytest.raises(Corrupt, match=told):
        lists_of(view, table_of(view, made))


@pytest.mark.parametrize("size", [2, 33])
def test_the_size_that_is_told_is_the_one_that_is_wrong(size: int) -> None:
    view, row = VIEW_BY_NAME["user_factors"], {"user_id": 5, EVENT_TIMESTAMP: MICROS}
    made = [row | {"factor": [0.5] * length} for length in (32, size)]
    with pytest.raises(Corrupt, match=f"{size} values, not 32"):
        matrix_of(view, table_of(view, made))
