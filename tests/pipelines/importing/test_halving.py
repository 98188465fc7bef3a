"""Halving: good rows go in once, bad ones are told, and faults that are no row's stop it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput, LoupeError, Unavailable
from pipelines.importing.halving import in_halves


@given(st.lists(st.booleans(), max_size=60))
def test_good_rows_go_in_once_in_order_and_each_bad_one_is_told(good: list[bool]) -> None:
    rows = list(enumerate(good))
    written: list[tuple[int, bool]] = []
    refused: list[tuple[int, bool]] = []

    def act(some: object) -> None:
        batch = list(some)  # type: ignore[call-overload]
        if not all(is_good for _, is_good in batch):
            raise InvalidInput("a row is bad")
        written.extend(batch)

    in_halves(rows, act, lambda row, _: refused.append(row))
    assert written == [row for row in rows if row[1]]
    assert refused == [row for row in rows if not row[1]]


def test_few_bad_rows_cost_few_calls() -> None:
    calls = 0

    def act(some: object) -> None:
        nonlocal calls
        calls += 1
        if 777 in some:  # type: ignore[operator]
            raise InvalidInput("bad")

    in_halves(range(4096), act, lambda *_: None)
    assert calls <= 2 * 12 + 1


def test_a_fault_of_the_stores_goes_to_the_caller() -> None:
    def act(_: object) -> None:
        raise Unavailable("no store")

    with pytest.raises(LoupeError, match="no store"):
        in_halves([1, 2], act, lambda *_: None)
