"""The point-in-time join: for each asked (key, time) the newest row of that key not after the time.

Rows are sorted once by key and time, and each question is one binary search, so the cost is
(rows + questions) · log(rows); a join on the key alone would make rows × questions pairs first.
"""

import numpy as np
from numpy.typing import NDArray

from features.online.keys import index_keys

NONE = -1


def as_of(
    row_keys: NDArray[np.int64],
    row_times: NDArray[np.int64],
    asked_keys: NDArray[np.int64],
    asked_times: NDArray[np.int64],
    ttl: int = 0,
) -> NDArray[np.intp]:
    """Index of the row for each question, int64 (m,), ``NONE`` where there is none.

    ``row_keys`` (n, k), ``row_times`` (n,), ``asked_keys`` (m, k), ``asked_times`` (m,); times in one
    unit. Of rows with the same key and time the last counts. With ``ttl`` > 0 a row counts only
    while it is at most that old.
    """
    index = index_keys(asked_keys)
    codes = index.find(row_keys)
    kept = np.flatnonzero(codes != NONE)
    moments, ranks = np.unique(row_times[kept], return_inverse=True)
    if not len(moments):
        return np.full(len(asked_keys), NONE, np.intp)
    span = len(moments) + 1
    places = codes[kept] * span + ranks + 1
    order = np.argsort(places, kind="stable")
    asked = index.inverse * span + np.searchsorted(moments, asked_times, side="right")
    at = np.searchsorted(places[order], asked, side="right") - 1
    rows = kept[order[np.maximum(at, 0)]]
    hit = (at >= 0) & (codes[rows] == index.inverse)
    if ttl > 0:
        hit &= row_times[rows] >= asked_times - ttl
    return np.where(hit, rows, NONE)


def newest(row_keys: NDArray[np.int64], row_times: NDArray[np.int64]) -> NDArray[np.intp]:
    """Index of the newest row of each key; of rows with the same time the last counts."""
    index = index_keys(row_keys)
    order = np.lexsort((row_times, index.inverse))
    last = np.ones(len(order), bool)
    codes = index.inverse[order]
    last[:-1] = codes[1:] != codes[:-1]
    return np.asarray(order[last], np.intp)
