"""Between the rows of a call and the rows of a store: what to write, and the answer in the order asked."""

from collections.abc import Iterable

import numpy as np

from features.definitions import View
from features.definitions.hashing import view_code
from features.online.keys import KeyIndex
from features.online.packing import Found, lists_from, pack_lists, values_from
from features.online.rows import PackedRows, Rows, checked_keys, checked_matrix, checked_times
from feed_core.model.errors import InvalidInput


def values_of(view: View, rows: PackedRows) -> Iterable[tuple[object, ...]]:
    """Rows to be written: keys, event time, definition, block, and the lists' parts.

    Raises ``InvalidInput`` for wrong shapes, keys or times.
    """
    checked, lists = checked_keys(view, rows.keys), rows.lists
    n = len(checked)
    if (view.list_field is not None) != (lists is not None) or (lists is not None and len(lists) != n):
        raise InvalidInput(f"{view.name} needs one list a row exactly when it has a list field.")
    blocks, size = checked_matrix(view, rows.matrix, n).tobytes(), 4 * view.width
    columns: list[Iterable[object]] = [checked[:, i].tolist() for i in range(checked.shape[1])]
    columns += [checked_times(view, rows.event_times, n).tolist(), [view_code(view)] * n]
    columns += [[blocks[i * size : (i + 1) * size] for i in range(n)]]
    columns += pack_lists(view, lists) if lists is not None else []
    return zip(*columns, strict=True)


def in_order(view: View, found: Found, index: KeyIndex) -> Rows:
    """The rows that were found, laid out in the order of the keys asked for."""
    m = len(index.distinct)
    at = index.positions(found.keys)
    matrix = np.full((m, view.width), np.nan, np.float32)
    matrix[at] = values_from(found)
    times = np.zeros(m, np.int64)
    times[at] = found.event_times
    if view.list_field is None:
        return Rows(matrix[index.inverse], times[index.inverse], None, found.foreign)
    row_of = np.full(m, len(found.keys), np.intp)
    row_of[at] = np.arange(len(found.keys))
    lists = lists_from(found).take(row_of[index.inverse])
    return Rows(matrix[index.inverse], times[index.inverse], lists, found.foreign)
