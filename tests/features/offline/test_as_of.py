"""The join gives the newest row that is not after the asked time, and never one from the future."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.offline.as_of import NONE, as_of, newest

keys = st.tuples(st.integers(1, 3), st.integers(1, 2))
moments = st.integers(0, 12)


def arrays(rows: list[tuple[tuple[int, int], int]]) -> tuple[np.ndarray, np.ndarray]:
    at = np.array([key for key, _ in rows], np.int64).reshape(-1, 2)
    return at, np.array([time for _, time in rows], np.int64)


def plain(rows: list[tuple[tuple[int, int], int]], key: tuple[int, int], time: int, ttl: int) -> int:
    best = NONE
    for i, (own, at) in enumerate(rows):
        fresh = at >= time - ttl if ttl else True
        if own == key and at <= time and fresh and (best == NONE or at >= rows[best][1]):
            best = i
    return best


@given(
    rows=st.lists(st.tuples(keys, moments), max_size=25),
    asked=st.lists(st.tuples(keys, moments), max_size=15),
    ttl=st.integers(0, 4),
)
def test_each_question_gets_the_row_that_a_plain_search_finds(
    rows: list[tuple[tuple[int, int], int]], asked: list[tuple[tuple[int, int], int]], ttl: int
) -> None:
    found = as_of(*arrays(rows), *arrays(asked), ttl)
    assert found.tolist() == [plain(rows, key, time, ttl) for key, time in asked]


@given(rows=st.lists(st.tuples(keys, moments), max_size=25))
def test_the_newest_row_of_each_key(rows: list[tuple[tuple[int, int], int]]) -> None:
    found = newest(*arrays(rows)).tolist()
    expected = {key: plain(rows, key, 99, 0) for key, _ in rows}
    assert sorted(found) == sorted(expected.values())
