"""What a single value may be on its way in, at each end of its range, and how it goes out again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.api.fields import parse_id, parse_time, storable
from feed_core.model.clock import SetClock, to_rfc3339
from feed_core.model.ids import EPOCH_MS, MAX_ID, IdFactory
from tests.feed_core.api.conftest import NOON

LAST_MS = EPOCH_MS + (1 << 41) - 1


@given(st.integers(1, MAX_ID))
def test_an_id_is_the_same_as_a_number_and_as_digits(id_: int) -> None:
    assert parse_id(id_) == parse_id(str(id_)) == parse_id(str(id_).zfill(19)) == id_


@pytest.mark.parametrize(
    "value",
    [
        0, -1, MAX_ID + 1, "0", str(MAX_ID + 1), "", " 1", "1 ", "+1", "-1", "1_0", "0x1", "1.0", "1e3",
        "١٢", "²", "0" * 19 + "1", 1.0, True, None, [1], {"id": 1}, b"1",
    ],
)  # fmt: skip
def test_anything_else_is_no_id(value: Any) -> None:
    with pytest.raises(ValueError, match="an id"):
        parse_id(value)


@given(st.integers(EPOCH_MS, LAST_MS))
def test_a_time_that_goes_out_may_come_in_again(ms: int) -> None:
    assert parse_time(to_rfc3339(ms)) == ms


@pytest.mark.parametrize("ms", [EPOCH_MS, LAST_MS])
def test_times_reach_as_far_as_ids_do(ms: int) -> None:
    assert parse_time(to_rfc3339(ms)) == ms
    assert IdFactory(SetClock(ms)).for_owner(1) > 0
    beyond = ms - 1 if ms == EPOCH_MS else ms + 1
    with pytest.raises(ValueError, match="between 2000-01-01 and 2069-09-06"):
        parse_time(to_rfc3339(beyond))


@pytest.mark.parametrize("value", [NOON, float(NOON), True, None, ["2026-01-31T09:30:00Z"]])
def test_a_time_is_text(value: Any) -> None:
    with pytest.raises(ValueError, match="RFC 3339 string"):
        parse_time(value)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-02-02T02:40:00Z", NOON),
        ("2026-02-02T02:40:00.000Z", NOON),
        ("2026-02-02T02:40:00.001Z", NOON + 1),
        ("2026-02-02T02:40:00.0006Z", NOON + 1),
        ("2026-02-02T03:40:00+01:00", NOON),
        ("2026-02-01T18:40:00-08:00", NOON),
        ("2026-02-02T08:10:00+05:30", NOON),
        ("2026-02-02 02:40:00Z", NOON),
    ],
)
def test_a_time_of_any_zone_is_one_moment(text: str, ms: int) -> None:
    assert parse_time(text) == ms


@given(st.text())
def test_text_that_a_store_can_hold_is_unchanged_and_other_text_refused(text: str) -> None:
    if "\x00" in text or any(0xD800 <= ord(each) < 0xE000 for each in text):
        with pytest.raises(ValueError, match=r"NUL|surrogates"):
            storable(text)
    else:
        assert storable(text) == text
