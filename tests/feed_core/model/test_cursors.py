"""A cursor comes back only to the list and the owner that it was made for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.errors import InvalidInput

numbers = st.integers(0, (1 << 63) - 1)
NOT_OURS = "is not one that this service made"


@given(numbers, numbers, numbers)
def test_a_cursor_comes_back_and_may_stand_in_a_url(scope: int, first: int, second: int) -> None:
    cursor = encode_cursor("list", scope, first, second)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert decode_cursor(cursor, "list", scope, 2) == (first, second)


@given(st.text(max_size=80))
def test_any_other_text_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(InvalidInput, match=NOT_OURS) as refused:
        decode_cursor(text, "list", 1, 3)
    assert "next_cursor" in refused.value.fix


@given(st.data())
def test_a_cursor_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    cursor = encode_cursor("list", 5, 1_770_000_000_000, 17, 23)
    at = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_+/=\n").filter(lambda c: c != cursor[at]))
    with pytest.raises(InvalidInput, match=NOT_OURS):
        decode_cursor(cursor[:at] + letter + cursor[at + 1 :], "list", 5, 3)


@pytest.mark.parametrize(("kind", "scope", "length"), [("other", 5, 2), ("list", 6, 2), ("list", 5, 3)])
def test_a_cursor_of_another_list_owner_or_shape_is_refused(kind: str, scope: int, length: int) -> None:
    with pytest.raises(InvalidInput, match=NOT_OURS):
        decode_cursor(encode_cursor("list", 5, 1, 2), kind, scope, length)


@pytest.mark.parametrize("number", [-(1 << 63), -1, 1 << 63, (1 << 64) - 1])
def test_a_cursor_of_numbers_that_no_list_has_is_refused(number: int) -> None:
    for position in ((number, 1), (1, number)):
        with pytest.raises(InvalidInput, match=NOT_OURS):
            decode_cursor(encode_cursor("list", 5, *position), "list", 5, 2)


def test_a_huge_cursor_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_cursor("A" * 100_000, "list", 5, 2)
    assert len(str(refused.value)) < 300
