"""The best partners by dot product, in blocks: candidates for a person, neighbours of a person."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float32]
_BLOCK = 512


class Best(NamedTuple):
    """Row i's best partners: ``columns[starts[i]:starts[i + 1]]`` and their ``scores``, best first."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    scores: Floats


def best_partners(left: Floats, right: Floats, count: int, barred: csr_array | None = None) -> Best:
    """Up to ``count`` rows of ``right`` (m, f) per row of ``left`` (n, f) with the largest positive product.

    ``barred`` (n, m) is non-zero where a partner is not wanted. O(n · m · f) time, blocks of memory.
    """
    count = min(count, len(right))
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
    for start in range(0, len(left), _BLOCK):
        scores = left[start : start + _BLOCK] @ right.T
        if barred is not None:
            block = barred[start : start + _BLOCK]
            scores[np.repeat(np.arange(block.shape[0]), np.diff(block.indptr)), block.indices] = 0
        found.append(_best_of(scores, count))
    if not found:
        return Best(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    lengths, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Best(np.concatenate([[0], np.cumsum(lengths)]), columns, values)


def nearest_rows(rows: Floats, count: int) -> Best:
    """Each row's ``count`` nearest others by cosine, without itself; rows of zeros have none."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    n = len(rows)
    itself = csr_array((np.ones(n), np.arange(n), np.arange(n + 1)), shape=(n, n))
    return best_partners(unit, unit, count, itself)


def _best_of(scores: Floats, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    if count == 0:
        return np.zeros(len(scores), np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    top = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(scores, top, axis=1)
    order = np.lexsort((top, -values), axis=1)
    top, values = np.take_along_axis(top, order, axis=1), np.take_along_axis(values, order, axis=1)
    kept = values > 0
    return kept.sum(axis=1), top[kept], values[kept]
