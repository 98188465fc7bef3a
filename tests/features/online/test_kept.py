"""Rows in memory behave as a dictionary that may forget everything when it is full, but never lies; keys that
other views number are none of theirs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.definitions import VIEW_BY_NAME, Scalar, View
from features.online.kept import KeptRows
from features.online.lists import lists_of_ids
from features.online.numbers import UNKNOWN, Numbers
from features.online.rows import Rows

WIDE = View("wide", ("post",), (Scalar("a"), Scalar("b")))
PAIR = View("pair", ("user", "author"), (Scalar("a"), Scalar("b")))
LISTED = VIEW_BY_NAME["user_candidates"]
STEP = st.tuples(
    st.sampled_from(["keep", "replace", "forget", "clear"]),
    st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True),
)


def keys_of(view: View, numbers: list[int]) -> np.ndarray:
    return np.array([[number] * len(view.join_keys) for number in numbers], np.int64)


def rows_of(view: View, numbers: list[int], value: int) -> Rows:
    n = len(numbers)
    lists = lists_of_ids([[number] * (number % 3) for number in numbers]) if view.list_field else None
    return Rows(np.full((n, view.width), value, np.float32), np.full(n, value, np.int64), lists)


@pytest.mark.parametrize("view", [WIDE, PAIR, LISTED], ids=lambda view: view.name)
@given(steps=st.lists(STEP, max_size=25))
def test_what_is_kept_is_what_was_said_last(view: View, steps: list[tuple[str, list[int]]]) -> None:
    kept, model = KeptRows(view, Numbers(), max_rows=12), dict[int, int]()
    for value, (step, numbers) in enumerate(steps, start=1):
        generation = kept.generation
        kept.numbers.give(keys_of(view, [9_000 + value]))
        if step == "keep":
            kept.keep(keys_of(view, numbers), rows_of(view, numbers, value))
            model = {} if kept.generation != generation else model
            model |= dict.fromkeys(numbers, value)
        elif step == "replace":
            written = rows_of(view, numbers, value)
            kept.replace(keys_of(view, numbers), written.matrix, written.event_times)
            gone = {number for number in numbers if view.list_field}
            model = {n: value if n in numbers else was for n, was in model.items() if n not in gone}
        elif step == "forget":
            kept.forget(keys_of(view, numbers))
            model = {number: was for number, was in model.items() if number not in numbers}
        else:
            kept.clear()
            model = {}
        assert step == "keep" or kept.generation > generation
        check(kept, model)


def places_of(kept: KeptRows, keys: np.ndarray) -> np.ndarray:
    return kept.places(keys, kept.numbers.of(keys))


def check(kept: KeptRows, model: dict[int, int]) -> None:
    """``kept`` has the rows of ``model`` and no others."""
    places = places_of(kept, keys_of(kept.view, list(range(1, 10))))
    there = [number for number, place in enumerate(places.tolist(), start=1) if place != UNKNOWN]
    assert there == sorted(model)
    rows = kept.rows(places[places != UNKNOWN])
    assert rows.event_times.tolist() == [model[number] for number in there]
    assert (rows.matrix == rows.event_times[:, None]).all()
    if rows.lists is not None:
        assert rows.lists.lengths.tolist() == [number % 3 for number in there]
        assert rows.lists.ids.tolist() == [number for number in there for _ in range(number % 3)]


def test_somebody_of_whom_all_pairs_are_kept_has_no_others_until_one_is_written() -> None:
    kept = KeptRows(PAIR, Numbers(), max_rows=12)
    kept.keep(np.array([[1, 5]]), rows_of(PAIR, [1], 3), whole={1})
    places = places_of(kept, np.array([[1, 5], [1, 6], [2, 5]]))
    assert (places != UNKNOWN).tolist() == [True, True, False]
    rows = kept.rows(places[:2])
    assert rows.event_times.tolist() == [3, 0]
    assert np.isnan(rows.matrix).tolist() == [[False, False], [True, True]]
    written = rows_of(PAIR, [1], 4)
    kept.replace(np.array([[1, 5]]), written.matrix, written.event_times)
    assert places_of(kept, np.array([[1, 5], [1, 6]])).all()
    kept.replace(np.array([[1, 6]]), written.matrix, written.event_times)
    assert places_of(kept, np.array([[1, 5], [1, 6]])).astype(bool).tolist() == [True, False]


def test_an_older_row_replaces_nothing_and_a_key_written_twice_is_forgotten() -> None:
    kept = KeptRows(WIDE, Numbers(), max_rows=12)
    kept.keep(keys_of(WIDE, [1, 2, 3]), rows_of(WIDE, [1, 2, 3], 5))
    older, newer = rows_of(WIDE, [1, 2], 4), rows_of(WIDE, [1], 6)
    kept.replace(keys_of(WIDE, [1, 2]), older.matrix, older.event_times)
    kept.replace(keys_of(WIDE, [1]), newer.matrix, newer.event_times)
    check(kept, {1: 6, 2: 5, 3: 5})
    twice = rows_of(WIDE, [3, 3], 7)
    kept.replace(keys_of(WIDE, [3, 3]), twice.matrix, twice.event_times)
    check(kept, {1: 6, 2: 5})


def test_people_without_a_row_count_against_the_bound_too() -> None:
    kept, nothing = KeptRows(PAIR, Numbers(), max_rows=12), np.zeros((0, 2), np.int64)
    for person in range(1, 40):
        kept.keep(nothing, rows_of(PAIR, [], 1), whole={person})
        assert person in kept.whole
        assert len(kept.whole) <= 12
