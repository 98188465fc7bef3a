"""How a value lies in the cache, and when it counts as ended."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal

times = st.integers(-(1 << 63), (1 << 63) - 1)
costs = st.integers(0, (1 << 32) - 1)


class Drawn(Random):
    """Draws what it is told."""

    def __init__(self, number: float) -> None:
        super().__init__()
        self.number = number

    def random(self) -> float:
        return self.number


@settings(max_examples=40)
@given(times, costs, st.binary(min_size=1) | st.none())
def test_what_is_sealed_is_opened_as_it_was(ends_at: int, cost: int, body: bytes | None) -> None:
    assert open_envelope(seal(Envelope(ends_at, cost, body))) == Envelope(ends_at, cost, body)


@settings(max_examples=40)
@given(st.binary(max_size=40))
def test_no_bytes_whatever_are_an_error(stored: bytes) -> None:
    opened = open_envelope(stored)
    assert opened is None or seal(opened) == stored


@pytest.mark.parametrize("length", range(13))
def test_a_head_that_is_cut_short_is_as_good_as_absent(length: int) -> None:
    assert open_envelope(seal(Envelope(7, 3, None))[:length]) is None


@settings(max_examples=40)
@given(st.integers(0, 10**6), costs, st.floats(0, 1, exclude_max=True))
def test_what_has_ended_is_due_to_every_reader(over: int, cost: int, drawn: float) -> None:
    assert is_due(Envelope(10**12, cost, b"x"), 10**12 + over, Drawn(drawn))


@settings(max_examples=40)
@given(st.integers(1, 10**6), costs, st.floats(0, 1, exclude_max=True))
def test_the_unluckiest_draw_refreshes_last_and_what_cost_nothing_is_never_early(
    left: int, cost: int, drawn: float
) -> None:
    envelope = Envelope(10**12, cost, b"x")
    assert not is_due(envelope, 10**12 - left, Drawn(0.0))
    assert not is_due(envelope._replace(cost_ms=0), 10**12 - left, Drawn(drawn))
    if is_due(envelope, 10**12 - left, Drawn(drawn)):
        assert is_due(envelope, 10**12 - left + 1, Drawn(drawn))
        assert is_due(envelope._replace(cost_ms=cost + 1), 10**12 - left, Drawn(drawn))
