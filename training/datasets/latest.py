"""The last row of the same key before a moment: the one join that training sets are made of."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
NONE = -1


def last_before(
    keys: tuple[Ints, ...],
    times: Ints,
    asked_keys: tuple[Ints, ...],
    asked_times: Ints,
    *,
    window: int | None = None,
) -> Ints:
    """For each question (m,), the index of the newest row (n,) of equal keys not after its time.

    With ``window`` a row counts only while it is younger than that. ``NONE`` where there is no such row;
    of rows with the same keys and time the last counts. O((n + m) log(n + m)), exact for any keys.
    """
    n, m = len(times), len(asked_times)
    if not n:
        return np.full(m, NONE, np.int64)
    both = [np.concatenate(pair) for pair in zip(keys, asked_keys, strict=True)]
    moments = np.concatenate([times, asked_times])
    asked = np.arange(n + m) >= n
    order = np.lexsort((asked, moments, *reversed(both)))
    place = np.maximum.accumulate(np.where(asked[order], NONE, np.arange(n + m)))
    row = order[np.maximum(place, 0)]
    found = place >= 0
    for key in both:
        found &= key[row] == key[order]
    if window is not None:
        found &= moments[order] - moments[row] < window
    answer = np.empty(n + m, np.int64)
    answer[order] = np.where(found, row, NONE)
    return answer[n:]


def match(keys: tuple[Ints, ...], asked_keys: tuple[Ints, ...]) -> Ints:
    """For each question (m,), the index of the last row (n,) of equal keys, ``NONE`` where there is none."""
    nil = np.zeros(len(keys[0]), np.int64), np.zeros(len(asked_keys[0]), np.int64)
    return last_before(keys, nil[0], asked_keys, nil[1])
