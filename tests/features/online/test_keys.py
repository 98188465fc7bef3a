"""Keys by sorted arrays find what a dictionary finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.online.keys import hashable, index_keys

NUMBER = st.integers(1, 12) | st.integers(1, (1 << 63) - 1)


@st.composite
def two_sets_of_keys(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Keys that are indexed and keys that are asked for, both (n, k) with the same k."""
    width = draw(st.integers(1, 3))
    rows = st.lists(st.tuples(*[NUMBER] * width), max_size=20)
    first, second = (np.array(draw(rows), np.int64).reshape(-1, width) for _ in range(2))
    return first, second


@given(two_sets_of_keys())
def test_each_key_is_found_where_it_stands_and_no_other(both: tuple[np.ndarray, np.ndarray]) -> None:
    keys, asked = both
    index = index_keys(keys)
    known = {tuple(row): i for i, row in enumerate(index.distinct.tolist())}
    assert list(known) == sorted({tuple(row) for row in keys.tolist()})
    np.testing.assert_array_equal(index.distinct[index.inverse], keys)
    for some in (keys, asked):
        assert index.find(some).tolist() == [known.get(tuple(row), -1) for row in some.tolist()]


@given(two_sets_of_keys())
def test_keys_are_equal_in_a_dictionary_exactly_when_their_columns_are(
    both: tuple[np.ndarray, np.ndarray],
) -> None:
    first, second = (hashable(keys) for keys in both)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            assert (a == b) == bool((both[0][i] == both[1][j]).all())
