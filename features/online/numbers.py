"""Keys numbered in the order of their first sight, so that one look-up serves every view with these keys."""

from itertools import repeat
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from features.online.rows import Keys

UNKNOWN, NO_ROW = 0, 1
"""The number of keys without one, and the one that stands for keys of which there is no row."""
_FIRST = 2
Array = TypeVar("Array", bound=NDArray[Any])


class Numbers:
    """Numbers from 2 for keys of one column or two, in dictionaries of last keys by first keys."""

    def __init__(self) -> None:
        self.clear()

    def __len__(self) -> int:
        return self.end - _FIRST

    def clear(self) -> None:
        """Begin with 2 again."""
        self.end = _FIRST
        self._under: dict[int, dict[int, int]] = {}

    def of(self, keys: Keys) -> NDArray[np.intp]:
        """The numbers (n,) of ``keys`` (n, k), ``UNKNOWN`` for those that have none."""
        last = keys[:, -1].tolist()
        if _are_of_one(keys):
            known = self._under.get(_first(keys), {})
            return np.fromiter(map(known.get, last, repeat(UNKNOWN)), np.intp, len(keys))
        none: dict[int, int] = {}
        found = (
            self._under.get(a, none).get(b, UNKNOWN) for a, b in zip(keys[:, 0].tolist(), last, strict=True)
        )
        return np.fromiter(found, np.intp, len(keys))

    def give(self, keys: Keys) -> NDArray[np.intp]:
        """The numbers (n,) of ``keys`` (n, k), new ones where there are none."""
        firsts = keys[:, 0].tolist() if keys.shape[1] > 1 else repeat(0, len(keys))
        numbers = np.empty(len(keys), np.intp)
        for at, (first, last) in enumerate(zip(firsts, keys[:, -1].tolist(), strict=True)):
            numbers[at] = number = self._under.setdefault(first, {}).setdefault(last, self.end)
            self.end += number == self.end
        return numbers


def _are_of_one(keys: Keys) -> bool:
    return keys.shape[1] == 1 or not len(keys) or bool((keys[:, 0] == keys[0, 0]).all())


def _first(keys: Keys) -> int:
    return int(keys[0, 0]) if keys.shape[1] > 1 and len(keys) else 0


def grown(array: Array, size: int) -> Array:
    """``array`` if it has ``size`` rows, else a longer one that begins with it; the rest is 0."""
    if size <= len(array):
        return array
    longer: Array = np.zeros((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)  # type: ignore[assignment]
    longer[: len(array)] = array
    return longer
