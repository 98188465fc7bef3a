"""Between arrays and the blobs of a stored row."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.definitions import Tags, View
from features.definitions.hashing import view_code
from features.online.lists import Lists, offsets_of
from feed_core.model.errors import Corrupt, InvalidInput


class Found:
    """The rows that a SELECT brought, without those of other definitions, which are counted.

    ``keys`` int64 (m, k), ``event_times`` int64 (m,), ``blocks`` m blobs, ``parts`` the list blobs.
    """

    def __init__(self, rows: Sequence[tuple[Any, ...]], view: View) -> None:
        self.view, code, k = view, view_code(view), len(view.join_keys)
        own = [row for row in rows if row[k + 1] == code]
        self.foreign = len(rows) - len(own)
        columns = list(zip(*own, strict=True)) if own else [()] * (k + 6)
        self.keys = np.array(columns[:k], np.int64).reshape(k, len(own)).T
        self.event_times = np.array(columns[k], np.int64)
        self.blocks: Sequence[bytes] = columns[k + 2]
        self.parts: list[Sequence[bytes]] = [*columns[k + 3 :]]


def values_from(found: Found) -> NDArray[np.float32]:
    """The blocks of ``found`` as float32 (m, width); raises ``Corrupt`` when one has another length."""
    joined, width = b"".join(found.blocks), found.view.width
    if len(joined) != 4 * width * len(found.blocks) or len(set(map(len, found.blocks))) > 1:
        raise _corrupt(found, next(i for i, b in enumerate(found.blocks) if len(b) != 4 * width))
    return np.frombuffer(joined, "<f4").reshape(len(found.blocks), width)


def pack_lists(view: View, lists: Lists) -> list[Iterable[bytes]]:
    """The blobs of n lists: ids, weights and, for hashtags, their words.

    Raises ``InvalidInput`` when words are missing, or when there are words for what are ids.
    """
    if isinstance(view.list_field, Tags) != (lists.names is not None):
        raise InvalidInput(f"{view.name} needs names with its lists exactly when they are hashtags.")
    cuts = list(zip(lists.offsets[:-1].tolist(), lists.offsets[1:].tolist(), strict=True))
    ids, weights = lists.ids.astype("<i8").tobytes(), lists.weights.astype("<f4").tobytes()
    parts: list[Iterable[bytes]] = [[ids[8 * a : 8 * b] for a, b in cuts]]
    parts.append([weights[4 * a : 4 * b] for a, b in cuts])
    if (words := lists.names) is not None:
        parts.append([msgspec.msgpack.encode(words[a:b]) for a, b in cuts])
    return parts


def lists_from(found: Found) -> Lists:
    """The lists of ``found``, and one empty list after them for rows that are absent."""
    ids, weights, *names = found.parts[:3]
    lengths = [len(blob) // 8 for blob in ids]
    for i, (length, blob) in enumerate(zip(lengths, weights, strict=True)):
        if len(ids[i]) != 8 * length or len(blob) != 4 * length:
            raise _corrupt(found, i)
    flat_ids = np.frombuffer(b"".join(ids), "<i8")
    flat_weights = np.frombuffer(b"".join(weights), "<f4")
    words = None
    if names and len(names[0]) == len(ids):
        words = tuple(w for blob in names[0] for w in msgspec.msgpack.decode(blob, type=list[str]))
    return Lists(offsets_of([*lengths, 0]), flat_ids, flat_weights, words)


def _corrupt(found: Found, row: int) -> Corrupt:
    key = ", ".join(map(str, found.keys[row].tolist()))
    message = f"The stored row of {found.view.name} for key {key} has a wrong length."
    return Corrupt(message, fix="Run: loupe features materialize.")
