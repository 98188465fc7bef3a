"""The array arithmetic of windows equals counting by the words of the definition, one event at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.spark.window_rows import Counter, window_rows

COUNTERS = (
    Counter((0,), 3, adds_amounts=False),
    Counter((0,), 5, adds_amounts=False),
    Counter((1, 2), 3, adds_amounts=False),
    Counter((1,), 1, adds_amounts=True),
)
Event = tuple[int, int, int, int, int]
Row = tuple[int, int, int]
_EVENTS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 12), st.integers(0, 2), st.integers(0, 9)),
    max_size=40,
)


def counted(events: list[Event]) -> dict[Row, list[float]]:
    """The oracle: at each slice where events of a key enter or leave, count what lies in the window."""
    rows: dict[Row, list[float]] = {}
    for one, two, slice_, code, amount in events:
        touched = [c for c in COUNTERS if code in c.codes and (amount or not c.adds_amounts)]
        for b in {slice_ + 1, *(slice_ + 1 + counter.slices for counter in touched)}:
            mine = [e for e in events if e[:2] == (one, two)]
            rows[one, two, b] = [_value(mine, counter, b) for counter in COUNTERS]
    return rows


def _value(events: list[Event], counter: Counter, b: int) -> float:
    inside = [e for e in events if e[3] in counter.codes and b - counter.slices <= e[2] < b]
    return float(sum(e[4] if counter.adds_amounts else 1 for e in inside))


def in_arrays(events: list[Event]) -> dict[Row, list[float]]:
    one, two, slices, codes, amounts = np.array(events, dtype=np.int64).reshape(-1, 5).T
    found = window_rows([one, two], slices, codes, amounts, COUNTERS)
    keys = zip(*(key.tolist() for key in found.keys), found.slices.tolist(), strict=True)
    return dict(zip(keys, found.values.tolist(), strict=True))


@given(_EVENTS)
def test_rows_equal_the_words(events: list[Event]) -> None:
    assert in_arrays(events) == counted(events)


@given(_EVENTS)
def test_rows_come_sorted_and_once(events: list[Event]) -> None:
    rows = list(in_arrays(events))
    assert rows == sorted(set(rows))


@given(_EVENTS)
def test_every_counter_ends_at_nothing(events: list[Event]) -> None:
    last = {row[:2]: values for row, values in in_arrays(events).items()}
    assert all(value == 0 for values in last.values() for value in values)


def test_large_sums_stay_exact_until_they_are_stored() -> None:
    events = [(1, 1, at, 1, 2**30 + 1) for at in range(20)]
    assert in_arrays(events)[1, 1, 21] == [0, 0, 0, 0] or in_arrays(events)[1, 1, 20][3] == 2**30
