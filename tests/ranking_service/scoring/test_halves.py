import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking_service.scoring.halves import ENOUGH, in_halves


@given(st.integers(0, 4 * ENOUGH))
def test_two_halves_are_the_whole(n: int) -> None:
    rows = np.arange(3.0 * n).reshape(n, 3)
    np.testing.assert_array_equal(in_halves(lambda part: part * 2, rows), rows * 2)


def test_few_rows_stay_in_the_calling_thread() -> None:
    seen = set()

    def score(part: np.ndarray) -> np.ndarray:
        seen.add(threading.get_ident())
        return part

    in_halves(score, np.zeros((ENOUGH - 1, 2)))
    assert seen == {threading.get_ident()}


def test_a_failure_of_either_half_reaches_the_caller() -> None:
    for bad in (0.0, 2.0 * ENOUGH - 1):

        def score(part: np.ndarray, bad: float = bad) -> np.ndarray:
            if bad in part:
                raise ValueError("These rows cannot be scored.")
            return part

        with pytest.raises(ValueError, match="cannot be scored"):
            in_halves(score, np.arange(2.0 * ENOUGH)[:, None])
