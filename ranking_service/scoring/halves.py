"""Many rows are scored on two cores at once: compiled trees let go of Python's lock while they run."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
ENOUGH = 100
"""Rows from which a second thread is worth waking."""
_helper = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2), "loupe-scoring")


def in_halves(score: Callable[[Matrix], Matrix], rows: Matrix) -> Matrix:
    """``score(rows)``, whose rows (n, …) must not depend on each other; the second half by another thread."""
    if len(rows) < ENOUGH or (os.cpu_count() or 1) < 2:
        return score(rows)
    middle = len(rows) // 2
    later = _helper.submit(score, rows[middle:])
    return np.concatenate((score(rows[:middle]), later.result()))
