"""Times are read and written as RFC 3339 without losing a millisecond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import DAY, ResumedClock, SetClock, SystemClock, day_of, from_rfc3339, to_rfc3339

NOON = 1_769_851_800_000


@given(st.integers(0, 4_102_444_800_000))
def test_a_time_comes_back_from_its_text(ms: int) -> None:
    assert from_rfc3339(to_rfc3339(ms)) == ms
    assert to_rfc3339(ms).startswith(day_of(ms))


def test_the_text_is_rfc_3339_in_utc() -> None:
    assert to_rfc3339(NOON) == "2026-01-31T09:30:00.000Z"
    assert from_rfc3339("2026-01-31T10:30:00+01:00") == NOON


@pytest.mark.parametrize(
    "text", ["2026-01-31t09:30:00z", "2026-01-31 09:30:00.0Z", "2026-01-31T09:30:00.000000123-00:00"]
)
def test_a_time_may_be_written_in_every_way_of_rfc_3339(text: str) -> None:
    assert from_rfc3339(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-01-31T09:30:00", "2026-13-01T00:00:00Z", "2026-01-31", "2026-01-31T09:30:60Z",
        "2026-W05-6T09:30:00Z", "20260131T093000Z", "2026-01-31T09Z", "2026-01-31T09:30Z",
        "2026-01-31x09:30:00Z", "2026-01-31T09:30:00,5Z", "2026-01-31T09:30:00+00:00:30",
        "2026-01-31T09:30:00+00", "2026-01-31T09:30:00+00:60", "2026-01-31T09:30:00Z\n",
        "٢٠٢٦-01-31T09:30:00Z",
    ],
)  # fmt: skip
def test_what_is_no_rfc_3339_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_rfc3339(text)


def test_days_change_at_midnight_utc() -> None:
    midnight = 1_769_817_600_000
    assert (day_of(midnight - 1), day_of(midnight), day_of(midnight + DAY)) == (
        "2026-01-30", "2026-01-31", "2026-02-01",
    )  # fmt: skip


def test_a_set_clock_goes_where_it_is_put() -> None:
    clock = SetClock(NOON)
    clock.set(NOON - DAY)
    assert clock.now() == NOON - DAY


def test_the_system_clock_does_not_stand_before_this_was_written() -> None:
    assert SystemClock().now() > 1_760_000_000_000


def test_a_resumed_clock_goes_on_from_where_it_was_told() -> None:
    clock = ResumedClock(1_000_000)
    first = clock.now()
    assert 1_000_000 <= first < 1_060_000
    assert clock.now() >= first
