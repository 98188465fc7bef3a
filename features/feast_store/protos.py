"""Between Feast's protobuf values and packed arrays."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import FloatList, Int64List, StringList, Value
from numpy.typing import NDArray

from features.definitions import Ids, Tags, Vector, View
from features.online.lists import Lists, lists_of_ids, lists_of_tags
from features.online.rows import PackedRows, Rows
from feed_core.model.errors import InvalidInput

_ABSENT = Value()


def keys_of_entities(view: View, entities: Sequence[EntityKey]) -> NDArray[np.int64]:
    """Keys (n, k) in the order of the view's join keys; Feast sorts them by name."""
    keys = np.empty((len(entities), len(view.join_keys)), np.int64)
    for row, entity in enumerate(entities):
        held = dict(zip(entity.join_keys, entity.entity_values, strict=True))
        for column, name in enumerate(view.join_keys):
            keys[row, column] = _whole(held[name], name)
    return keys


def pack_protos(
    view: View, data: Sequence[tuple[EntityKey, dict[str, Value], datetime, datetime | None]]
) -> PackedRows:
    """Rows as Feast brings them, as packed arrays; a value that is not set becomes NaN."""
    keys = keys_of_entities(view, [row[0] for row in data])
    values = [row[1] for row in data]
    times = np.array([_ms(row[2]) for row in data], np.int64)
    matrix = np.array([list(_floats(view, row)) for row in values], np.float32)
    return PackedRows(keys, matrix.reshape(len(data), view.width), times, _lists(view, values))


def protos_of_rows(view: View, rows: Rows, wanted: set[str]) -> Iterator[dict[str, Value]]:
    """The values of each row by feature name, for the features in ``wanted``."""
    lists = list(_list_values(view, rows.lists)) if rows.lists is not None else None
    for row, numbers in enumerate(rows.matrix.tolist()):
        values: dict[str, Value] = {} if lists is None else dict(lists[row])
        at = 0
        for field in view.fields:
            if isinstance(field, Vector):
                values[field.name] = Value(float_list_val=FloatList(val=numbers[at : at + field.size]))
                at += field.size
            elif not isinstance(field, Tags | Ids):
                values[field.name] = Value(float_val=numbers[at])
                at += 1
        yield {name: value for name, value in values.items() if name in wanted}


def _list_values(view: View, lists: Lists) -> Iterator[dict[str, Value]]:
    field = view.list_field
    assert field is not None
    weights, ids = lists.weights.tolist(), lists.ids.tolist()
    for start, end in zip(lists.offsets[:-1].tolist(), lists.offsets[1:].tolist(), strict=True):
        if isinstance(field, Tags):
            made = {field.name: Value(string_list_val=StringList(val=(lists.names or ())[start:end]))}
        else:
            made = {field.name: Value(int64_list_val=Int64List(val=ids[start:end]))}
        if field.weights:
            made[field.weights] = Value(float_list_val=FloatList(val=weights[start:end]))
        yield made


def _floats(view: View, row: dict[str, Value]) -> Iterator[float]:
    for field in view.fields:
        if isinstance(field, Vector):
            vector = row.get(field.name, _ABSENT).float_list_val.val
            if len(vector) not in (0, field.size):
                raise InvalidInput(f"{view.name}.{field.name} has {len(vector)} values, not {field.size}.")
            yield from vector or [np.nan] * field.size
        elif not isinstance(field, Tags | Ids):
            value = row.get(field.name, _ABSENT)
            yield value.float_val if value.WhichOneof("val") == "float_val" else np.nan


def _lists(view: View, rows: Sequence[dict[str, Value]]) -> Lists | None:
    field = view.list_field
    if field is None:
        return None
    held = [row.get(field.name, _ABSENT) for row in rows]
    weights = (
        [list(row.get(field.weights, _ABSENT).float_list_val.val) for row in rows] if field.weights else None
    )
    if isinstance(field, Tags):
        return lists_of_tags([list(value.string_list_val.val) for value in held], weights)
    return lists_of_ids([list(value.int64_list_val.val) for value in held], weights)


def _whole(value: Value, name: str) -> int:
    if value.WhichOneof("val") not in ("int64_val", "int32_val"):
        raise InvalidInput(f"Entity key {name} must be a whole number, not {value.WhichOneof('val')}.")
    return int(value.int64_val or value.int32_val)


def _ms(moment: datetime) -> int:
    """Milliseconds since 1970; a time without zone is UTC, as Feast says."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
