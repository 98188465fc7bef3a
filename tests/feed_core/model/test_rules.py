"""Values that break a rule are refused with what was wrong and what to do."""

from typing import Any

import pytest

from feed_core.model.errors import InvalidInput
from feed_core.model.rules import (
    check_id,
    check_length,
    check_limit,
    check_optional_id,
    check_time,
    check_username,
    shown,
)

NOW = 1_770_000_000_000


@pytest.mark.parametrize("value", [0, -1, 1 << 63, 1.5, "7", None])
def test_what_is_no_id_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput, match="is not an id") as refused:
        check_id(value, "post id")
    assert "9223372036854775807" in refused.value.fix


@pytest.mark.parametrize("value", [1, (1 << 63) - 1])
def test_ids_reach_to_63_bits(value: int) -> None:
    check_id(value, "post id")
    check_optional_id(value, "post id")
    check_optional_id(0, "post id")


@pytest.mark.parametrize("name", ["", "A", "two words", "é", "a" * 31, "a\n", "a-b", "@ann"])
def test_a_username_that_breaks_the_rule_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="username"):
        check_username(name)


@pytest.mark.parametrize("name", ["a", "ann.b_9", "a" * 30, "..."])
def test_usernames_that_keep_the_rule_pass(name: str) -> None:
    check_username(name)


@pytest.mark.parametrize(("at", "words"), [(-1, "before 1970"), (NOW + 300_001, "in the future")])
def test_a_time_out_of_range_is_refused(at: int, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_time(at, NOW, "occurred_at")


def test_a_time_may_run_five_minutes_ahead() -> None:
    check_time(NOW + 300_000, NOW, "occurred_at")


@pytest.mark.parametrize("limit", [0, -5, 1_001])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        check_limit(limit)


def test_text_is_held_to_its_length_and_to_unicode() -> None:
    check_length("été", "place", 3, 3)
    with pytest.raises(InvalidInput, match="4 characters"):
        check_length("étés", "place", 3)
    with pytest.raises(InvalidInput, match="Unicode"):
        check_length("\ud800", "place", 3)


def test_a_long_value_is_shown_short() -> None:
    assert len(shown("x" * 10_000)) <= 40
    assert shown("x") == "'x'"
