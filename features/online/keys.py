"""Finding rows by keys of one or more columns, with sorted arrays instead of dictionaries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """The distinct keys among ``keys`` (n, k), and where each of the n stands among them.

    ``distinct`` is (m, k) in ascending order, ``inverse`` (n,) with keys = distinct[inverse].
    """

    distinct: NDArray[np.int64]
    inverse: NDArray[np.intp]
    _codes: NDArray[np.int64]
    _columns: tuple[NDArray[np.int64], ...]

    def positions(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where ``keys`` (m, k), each of them among the distinct ones, stand in ``distinct``."""
        codes = np.zeros(len(keys), np.int64)
        for column, values in enumerate(self._columns):
            codes = codes * len(values) + np.searchsorted(values, keys[:, column])
        return np.searchsorted(self._codes, codes)

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where ``keys`` (m, k) stand in ``distinct``, -1 for those that are not among them."""
        if not len(self.distinct):
            return np.full(len(keys), -1, np.intp)
        at = np.minimum(self.positions(keys), len(self.distinct) - 1)
        return np.where((self.distinct[at] == keys).all(axis=1), at, -1)


def hashable(keys: NDArray[np.int64]) -> list[object]:
    """``keys`` (n, k) for use in a dictionary: numbers, or tuples of them where k > 1."""
    if keys.shape[1] == 1:
        return list(keys[:, 0].tolist())
    return list(zip(*keys.T.tolist(), strict=True))


def index_keys(keys: NDArray[np.int64]) -> KeyIndex:
    """Index ``keys``, int64 (n, k). Key columns are numbered and the numbers combined into one."""
    if keys.shape[1] == 1:
        values, inverse = np.unique(keys[:, 0], return_inverse=True)
        return KeyIndex(values[:, None], inverse, np.arange(len(values)), (values,))
    columns = [np.unique(keys[:, i], return_inverse=True) for i in range(keys.shape[1])]
    codes = np.zeros(len(keys), np.int64)
    for values, inverse in columns:
        codes = codes * len(values) + inverse
    distinct_codes, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return KeyIndex(keys[first], inverse, distinct_codes, tuple(values for values, _ in columns))


def among(ids: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of ``ids`` (n,) is in ``known``, which ascends."""
    if not len(known):
        return np.zeros(len(ids), np.bool_)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.asarray(known[at] == ids)
