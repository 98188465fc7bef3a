"""Numbers of keys are those of a dictionary that counts up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.online.numbers import NO_ROW, UNKNOWN, Numbers, grown

KEY = st.tuples(st.integers(1, 4), st.integers(1, (1 << 63) - 1) | st.integers(1, 4))
STEP = st.tuples(st.sampled_from(["of", "give", "clear"]), st.lists(KEY, max_size=6))


@pytest.mark.parametrize("columns", [1, 2])
@given(steps=st.lists(STEP, max_size=20))
def test_a_key_keeps_its_number_until_all_are_cleared(
    columns: int, steps: list[tuple[str, list[tuple[int, int]]]]
) -> None:
    numbers, model = Numbers(), dict[tuple[int, ...], int]()
    for step, pairs in steps:
        named = [pair[-columns:] for pair in pairs]
        keys = np.array(named, np.int64).reshape(-1, columns)
        if step == "clear":
            numbers.clear()
            model = {}
        elif step == "give":
            for name in named:
                model.setdefault(name, len(model) + 2)
            assert numbers.give(keys).tolist() == [model[name] for name in named]
        assert numbers.of(keys).tolist() == [model.get(name, UNKNOWN) for name in named]
        assert len(numbers) == len(model)
        assert numbers.end == len(model) + 2
        assert NO_ROW not in numbers.of(keys)


def test_an_array_grows_by_at_least_its_own_length_and_keeps_what_it_has() -> None:
    array = np.arange(6).reshape(3, 2)
    assert grown(array, 3) is array
    assert grown(array, 4).tolist() == [[0, 1], [2, 3], [4, 5], [0, 0], [0, 0], [0, 0]]
    assert len(grown(array, 9)) == 9
