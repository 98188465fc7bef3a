"""Which keys, values and times are rows at all, and how keys are found among others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import VIEWS, Scalar, View, slice_of, slice_start
from features.definitions.hashing import view_code, view_hash
from features.online.keys import among, index_keys
from features.online.rows import checked_keys, checked_matrix, checked_times
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID

WIDE = View("wide", ("post",), (Scalar("a"), Scalar("b")))
PAIR = View("pair", ("user", "author"), (Scalar("a"),))
numbers = st.integers(1, 12) | st.integers(1, MAX_ID)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint16, np.uint64])
def test_whole_numbers_of_any_width_are_keys_and_times(dtype: type) -> None:
    assert checked_keys(WIDE, np.array([1, 127], dtype)).tolist() == [[1], [127]]
    assert checked_keys(WIDE, np.array([1], dtype)).dtype == np.int64
    assert checked_times(WIDE, np.array([1, 127], dtype), 2).dtype == np.int64


@pytest.mark.parametrize("dtype", [bool, np.float32, np.float64, object, str, "datetime64[ms]"])
def test_what_is_no_whole_number_is_neither_key_nor_time(dtype: object) -> None:
    values = np.array([1, 1]).astype(dtype)  # type: ignore[call-overload]
    with pytest.raises(InvalidInput, match="not integers"):
        checked_keys(WIDE, values)
    with pytest.raises(InvalidInput, match="2 event times in ms since 1970"):
        checked_times(WIDE, values, 2)


def test_the_largest_and_the_smallest_key_are_keys_and_one_beyond_is_not() -> None:
    assert checked_keys(WIDE, np.array([1, MAX_ID])).tolist() == [[1], [MAX_ID]]
    for wrong in (np.array([0]), np.array([-MAX_ID]), np.array([MAX_ID + 1], np.uint64)):
        with pytest.raises(InvalidInput, match=f"must be positive 64-bit numbers; one is {wrong[0]}"):
            checked_keys(WIDE, wrong)


def test_the_key_that_is_told_is_the_one_that_is_wrong() -> None:
    for wrong in (0, MAX_ID + 1):
        with pytest.raises(InvalidInput, match=f"one is {wrong}"):
            checked_keys(WIDE, np.array([5, wrong, 7], np.uint64))


def test_times_are_above_zero_and_no_larger_than_64_bits_with_a_sign() -> None:
    assert checked_times(WIDE, np.array([1, MAX_ID], np.uint64), 2).tolist() == [1, MAX_ID]
    for wrong in (np.array([0]), np.array([-5]), np.array([MAX_ID + 1], np.uint64)):
        with pytest.raises(InvalidInput, match="event times"):
            checked_times(WIDE, wrong, 1)


@pytest.mark.parametrize("shape", [(2,), (2, 1), (2, 3), (1, 2, 2), ()])
def test_keys_of_pairs_have_two_columns_and_the_error_names_them(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="wanted columns: user_id, author_id"):
        checked_keys(PAIR, np.ones(shape, np.int64))


def test_values_become_float32_side_by_side_whatever_they_were() -> None:
    for matrix in (np.asfortranarray(np.ones((3, 2))), np.ones((3, 4))[:, ::2], np.ones((3, 2), np.int64)):
        made = checked_matrix(WIDE, matrix, 3)
        assert (made.dtype, made.flags.c_contiguous, made.tolist()) == (np.float32, True, [[1.0, 1.0]] * 3)


@settings(max_examples=25)
@given(ids=st.lists(numbers, max_size=20), known=st.sets(numbers, max_size=20))
def test_an_id_is_among_those_that_hold_it(ids: list[int], known: set[int]) -> None:
    found = among(np.array(ids, np.int64), np.array(sorted(known), np.int64))
    assert found.tolist() == [number in known for number in ids]


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20), data=st.data())
def test_positions_of_known_keys_are_where_they_stand(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    index = index_keys(np.array(rows, np.int64))
    asked = data.draw(st.lists(st.sampled_from(rows), max_size=20))
    at = index.positions(np.array(asked, np.int64).reshape(-1, 2))
    assert [tuple(row) for row in index.distinct[at].tolist()] == asked


@settings(max_examples=25)
@given(ms=st.integers(-(10**15), 10**15))
def test_every_moment_lies_in_its_slice(ms: int) -> None:
    assert slice_start(slice_of(ms)) <= ms < slice_start(slice_of(ms) + 1)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_the_number_that_rows_carry_is_the_hash_of_their_view_in_64_bits(view: View) -> None:
    assert -(1 << 63) <= view_code(view) < 1 << 63
    assert f"{view_code(view) + (1 << 63):016x}" == view_hash(view)
    assert len({view_code(other) for other in VIEWS}) == len(VIEWS)
