"""What Feast brings as protobufs comes back as it was, in its own order, or is refused by name."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import FloatList, Int64List, StringList, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import VIEW_BY_NAME, Count, Ids, Scalar, Tags, Vector, View
from features.feast_store.protos import keys_of_entities, pack_protos, protos_of_rows
from features.online import PackedRows, Rows
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID

MIXED = View(
    "mixed",
    ("user", "post"),
    (Scalar("first"), Vector("taste", 3), Ids("ids", weights="scores"), Count("likes", ("like",), 3_600_000)),
)
WORDS = View("words", ("post",), (Scalar("length"), Tags("tags")))
TAGGED, FACTORS = VIEW_BY_NAME["user_tags"], VIEW_BY_NAME["user_factors"]
MOMENT = datetime(2026, 5, 28, 20, 26, 40, 123_000, UTC)
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)


def entity(**keys: int) -> EntityKey:
    """A key, its parts in the order given."""
    return EntityKey(join_keys=list(keys), entity_values=[Value(int64_val=key) for key in keys.values()])


@st.composite
def values(draw: st.DrawFn, view: View) -> dict[str, Value]:
    """The values of one row, every one of them set."""
    row: dict[str, Value] = {}
    for field in view.fields:
        if isinstance(field, Vector):
            held = draw(st.lists(numbers, min_size=field.size, max_size=field.size))
            row[field.name] = Value(float_list_val=FloatList(val=held))
        elif isinstance(field, Tags | Ids):
            n = draw(st.integers(0, 4))
            if isinstance(field, Tags):
                words = draw(st.lists(st.text(max_size=5), min_size=n, max_size=n))
                row[field.name] = Value(string_list_val=StringList(val=words))
            else:
                ids = draw(st.lists(st.integers(1, MAX_ID), min_size=n, max_size=n))
                row[field.name] = Value(int64_list_val=Int64List(val=ids))
            if field.weights:
                weights = draw(st.lists(numbers, min_size=n, max_size=n))
                row[field.weights] = Value(float_list_val=FloatList(val=weights))
        else:
            row[field.name] = Value(float_val=draw(numbers))
    return row


def packed(view: View, rows: list[dict[str, Value]]) -> PackedRows:
    keys = [entity(**dict.fromkeys(view.join_keys, place + 1)) for place in range(len(rows))]
    return pack_protos(view, [(key, row, MOMENT, None) for key, row in zip(keys, rows, strict=True)])


@pytest.mark.parametrize("view", [MIXED, WORDS, TAGGED, FACTORS], ids=lambda view: view.name)
@settings(max_examples=15)
@given(data=st.data())
def test_any_rows_come_back_as_they_were_brought(view: View, data: st.DataObject) -> None:
    brought = data.draw(st.lists(values(view), min_size=1, max_size=4))
    made = packed(view, brought)
    assert made.keys.shape == (len(brought), len(view.join_keys))
    rows = Rows(made.matrix, made.event_times, made.lists)
    assert list(protos_of_rows(view, rows, set(brought[0]))) == brought
    for name in brought[0]:
        assert list(protos_of_rows(view, rows, {name})) == [{name: row[name]} for row in brought]


@pytest.mark.parametrize("view", [MIXED, WORDS, TAGGED, FACTORS], ids=lambda view: view.name)
def test_what_is_not_set_is_unknown_and_a_list_without_items(view: View) -> None:
    made = packed(
        view, [{}, {name: Value() for name in ("first", "taste", "ids", "length", "tags", "factor")}]
    )
    assert made.matrix.shape == (2, view.width)
    assert np.isnan(made.matrix).all()
    if view.list_field is not None:
        assert made.lists is not None
        assert made.lists.lengths.tolist() == [0, 0]


def test_no_rows_are_packed_as_none() -> None:
    assert packed(MIXED, []).matrix.shape == (0, MIXED.width)


def test_parts_of_a_key_stand_in_the_views_order_whatever_feasts_is() -> None:
    brought = [entity(post_id=7, user_id=3), entity(user_id=4, post_id=8)]
    assert keys_of_entities(MIXED, brought).tolist() == [[3, 7], [4, 8]]
    assert keys_of_entities(MIXED, []).shape == (0, 2)


@pytest.mark.parametrize("value", [Value(int64_val=MAX_ID), Value(int32_val=7)], ids=["64 bits", "32 bits"])
def test_a_whole_number_of_either_size_is_a_key(value: Value) -> None:
    brought = EntityKey(join_keys=["post_id"], entity_values=[value])
    assert keys_of_entities(WORDS, [brought]).tolist() == [[value.int64_val or value.int32_val]]


@pytest.mark.parametrize(
    "value", [Value(string_val="7"), Value(float_val=7), Value()], ids=["text", "float", "nothing"]
)
def test_a_key_that_is_no_whole_number_is_named(value: Value) -> None:
    brought = EntityKey(join_keys=["post_id"], entity_values=[value])
    with pytest.raises(InvalidInput, match="Entity key post_id must be a whole number"):
        keys_of_entities(WORDS, [brought])


@pytest.mark.parametrize("size", [1, 2, 4, 64])
def test_a_vector_of_another_size_is_refused_by_name(size: int) -> None:
    with pytest.raises(InvalidInput, match=f"mixed.taste has {size} values, not 3"):
        packed(MIXED, [{"taste": Value(float_list_val=FloatList(val=[0.5] * size))}])


def test_items_without_as_many_weights_are_refused() -> None:
    row: dict[str, Any] = {"ids": Value(int64_list_val=Int64List(val=[1, 2]))}
    with pytest.raises(InvalidInput, match="one weight an item"):
        packed(MIXED, [row])
    with pytest.raises(InvalidInput, match="one weight an item"):
        packed(MIXED, [row | {"scores": Value(float_list_val=FloatList(val=[1.0]))}])


@pytest.mark.parametrize(
    "moment",
    [MOMENT, MOMENT.replace(tzinfo=None), MOMENT.astimezone(timezone(timedelta(hours=-7)))],
    ids=["UTC", "without a zone", "another zone"],
)
def test_a_moment_is_the_same_in_every_zone_and_utc_without_one(moment: datetime) -> None:
    made = pack_protos(WORDS, [(entity(post_id=1), {}, moment, None)])
    assert made.event_times.tolist() == [1_780_000_000_123]
