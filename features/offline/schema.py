"""Offline rows as Arrow tables: one schema a view, and the way from a table to packed arrays and back."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.definitions import Ids, Tags, Vector, View
from features.definitions.view import Field
from features.online.lists import Lists, offsets_of, tag_hash
from features.online.rows import PackedRows
from feed_core.model.errors import Corrupt, InvalidInput

Ints = NDArray[np.int64]
EVENT_TIMESTAMP = "event_timestamp"
_TIME = pa.timestamp("us", tz="UTC")


def schema_of(view: View) -> Any:
    """The Arrow schema of the offline rows of ``view``: keys, event_timestamp, one column a field."""
    columns = [(key, pa.int64()) for key in view.join_keys] + [(EVENT_TIMESTAMP, _TIME)]
    for field in view.fields:
        columns += [(name, type_) for name, type_ in _columns(field)]
    return pa.schema(columns)


def pack(view: View, table: Any) -> PackedRows:
    """Packed arrays of the rows in ``table``, an Arrow table with the columns of ``schema_of(view)``.

    Null values become NaN, null lists empty ones. Raises ``InvalidInput`` for a missing column or key,
    ``Corrupt`` for a vector of another size and for lists that ``lists_of`` refuses.
    """
    _check(view, table)
    keys = [_whole(table, key) for key in view.join_keys]
    times = _whole(table, EVENT_TIMESTAMP, pa.int64()) // 1000
    return PackedRows(np.column_stack(keys), matrix_of(view, table), times, lists_of(view, table))


def matrix_of(view: View, table: Any) -> NDArray[np.float32]:
    """The float32 columns of the rows in ``table``: (n, view.width), NaN where null."""
    matrix = np.empty((table.num_rows, view.width), np.float32)
    at = 0
    for field in view.fields:
        if isinstance(field, Vector):
            matrix[:, at : at + field.size] = _vectors(table[field.name], field)
            at += field.size
        elif not isinstance(field, Tags | Ids):
            matrix[:, at] = _floats(table[field.name])
            at += 1
    return matrix


def lists_of(view: View, table: Any) -> Lists | None:
    """The lists of the rows in ``table``, empty where null; ``None`` for a view without lists.

    Raises ``Corrupt`` for an item that is null and for a row with more or fewer weights than items.
    """
    field = view.list_field
    if field is None:
        return None
    column = _one_chunk(table[field.name])
    lengths, flat = _lengths(column), column.flatten()
    if flat.null_count:
        raise Corrupt(f"{view.name} has {flat.null_count} {field.name} that are null.")
    weights = np.ones(len(flat), np.float32)
    if field.weights:
        beside = _one_chunk(table[field.weights])
        _check_weights(view, field, lengths, _lengths(beside))
        weights = beside.flatten().to_numpy(zero_copy_only=False)
    ids, names = _identified(field, flat)
    return Lists(offsets_of(lengths), ids, weights.astype(np.float32), names)


def _check_weights(view: View, field: Tags | Ids, items: Ints, weights: Ints) -> None:
    """Row by row: equal sums would let an item have the weight of another row's."""
    if len(wrong := np.flatnonzero(items != weights)):
        found = f"{items[wrong[0]]} {field.name} but {weights[wrong[0]]} {field.weights}"
        raise Corrupt(f"A row of {view.name} has {found}.")


def _identified(field: Tags | Ids, flat: Any) -> tuple[NDArray[np.int64], tuple[str, ...] | None]:
    if isinstance(field, Ids):
        return flat.to_numpy(zero_copy_only=False).astype(np.int64), None
    encoded = flat.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    hashes = np.array([tag_hash(word) for word in words], np.int64)
    return hashes[codes], tuple(words[code] for code in codes.tolist())


def _columns(field: Field) -> list[tuple[str, Any]]:
    if isinstance(field, Tags | Ids):
        item = pa.string() if isinstance(field, Tags) else pa.int64()
        weights = [(field.weights, pa.list_(pa.float32()))] if field.weights else []
        return [(field.name, pa.list_(item)), *weights]
    if isinstance(field, Vector):
        return [(field.name, pa.list_(pa.float32()))]
    return [(field.name, pa.float32())]


def _check(view: View, table: Any) -> None:
    if missing := sorted(set(schema_of(view).names) - set(table.column_names)):
        raise InvalidInput(f"Offline rows of {view.name} lack: {', '.join(missing)}.")
    for name in (*view.join_keys, EVENT_TIMESTAMP):
        if table[name].null_count:
            raise InvalidInput(f"{table[name].null_count} offline rows of {view.name} have no {name}.")


def _whole(table: Any, name: str, type_: Any = None) -> NDArray[np.int64]:
    column = _one_chunk(table[name])
    if type_ is not None:
        column = column.cast(_TIME).cast(type_)
    whole: NDArray[np.int64] = column.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return whole


def _floats(column: Any) -> NDArray[np.float32]:
    values: NDArray[np.float32] = _one_chunk(column).cast(pa.float32()).to_numpy(zero_copy_only=False)
    return values


def _vectors(column: Any, field: Vector) -> NDArray[np.float32]:
    array = _one_chunk(column)
    lengths = _lengths(array)
    if len(wrong := lengths[~np.isin(lengths, (0, field.size))]):
        raise Corrupt(f"A vector {field.name} has {wrong[0]} values, not {field.size}.")
    made = np.full((len(lengths), field.size), np.nan, np.float32)
    made[lengths > 0] = array.flatten().to_numpy(zero_copy_only=False).reshape(-1, field.size)
    return made


def _lengths(lists: Any) -> Ints:
    """How many items each list has (n,), 0 where it is null."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.asarray(lengths, np.int64)


def _one_chunk(column: Any) -> Any:
    """``column`` as one Arrow array, whether it came in chunks or not."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
