"""Lists of different lengths, one a row, held flat: hashtags by hash, or ids, each with a weight."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import InvalidInput


@lru_cache(maxsize=1 << 18)
def tag_hash(tag: str) -> int:
    """``tag`` (without ``#``, case does not count) as int64: the first 8 bytes of its BLAKE2b."""
    digest = hashlib.blake2b(tag.lower().encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


@dataclass(frozen=True, slots=True)
class Lists:
    """n lists in one: list i is ``ids[offsets[i]:offsets[i + 1]]``, with ``weights`` likewise.

    ``offsets`` int64 (n + 1,), ``ids`` int64, ``weights`` float32; ``names`` has the words that
    the ids of hashtags are hashes of, where they are known.
    """

    offsets: NDArray[np.int64]
    ids: NDArray[np.int64]
    weights: NDArray[np.float32]
    names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        total = int(self.offsets[-1])
        if len(self.ids) != total or len(self.weights) != total:
            raise InvalidInput(
                f"Lists of {total} items have {len(self.ids)} ids, {len(self.weights)} weights."
            )
        if self.names is not None and len(self.names) != total:
            raise InvalidInput(f"Lists of {total} items have {len(self.names)} names.")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Length of each list, int64 (n,)."""
        return np.diff(self.offsets)

    def take(self, index: NDArray[np.intp]) -> "Lists":
        """The lists at ``index``, in that order; an index may repeat."""
        starts = self.offsets[index]
        return gathered(self.ids, self.weights, starts, self.offsets[1:][index] - starts, self.names)


def gathered(
    ids: NDArray[np.int64], weights: NDArray[np.float32], starts: NDArray[np.int64],
    lengths: NDArray[np.int64], names: tuple[str, ...] | None = None,
) -> Lists:  # fmt: skip
    """n lists of ``lengths`` (n,) that begin at ``starts`` (n,) among items one behind the other."""
    offsets = offsets_of(lengths)
    flat = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Lists(offsets, ids[flat], weights[flat], names and tuple(names[i] for i in flat))


def offsets_of(lengths: NDArray[np.int64] | Sequence[int]) -> NDArray[np.int64]:
    """Where lists of these lengths begin and end when laid flat: int64 (n + 1,)."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def lists_of_tags(tags: Sequence[Sequence[str]], weights: Sequence[Sequence[float]] | None = None) -> Lists:
    """Hashtags of n rows; each weighs 1 when no weights are given."""
    names = tuple(name for row in tags for name in row)
    return _lists([len(row) for row in tags], [tag_hash(name) for name in names], weights, names)


def lists_of_ids(ids: Sequence[Sequence[int]], weights: Sequence[Sequence[float]] | None = None) -> Lists:
    """Ids of n rows; each weighs 1 when no weights are given."""
    return _lists([len(row) for row in ids], [i for row in ids for i in row], weights, None)


def no_lists(n: int) -> Lists:
    """n empty lists."""
    return Lists(np.zeros(n + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


def _lists(
    lengths: list[int],
    ids: list[int],
    weights: Sequence[Sequence[float]] | None,
    names: tuple[str, ...] | None,
) -> Lists:
    if weights is not None and [len(row) for row in weights] != lengths:
        raise InvalidInput("Each list needs one weight an item.")
    flat = [1.0] * len(ids) if weights is None else [w for row in weights for w in row]
    return Lists(offsets_of(lengths), np.array(ids, np.int64), np.array(flat, np.float32), names)
