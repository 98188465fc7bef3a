"""The order of a run: the slowest files first, each whole, and nothing lost."""

from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.slow_first import slow_first

tests = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([None, 5, 20])), max_size=30)


def item(file: str, place: int, seconds: int | None) -> pytest.Item:
    """Stands in for a test: its name, and what its marker says."""
    markers = {} if seconds is None else {"slow": SimpleNamespace(args=(seconds,))}
    made = SimpleNamespace(nodeid=f"tests/{file}.py::test_{place}", get_closest_marker=markers.get)
    return cast(pytest.Item, made)


def file_of(one: pytest.Item) -> str:
    return one.nodeid.partition("::")[0]


@given(tests)
def test_files_come_by_their_slowest_test_and_stay_whole(drawn: list[tuple[str, int | None]]) -> None:
    by_file = sorted(enumerate(drawn), key=lambda each: each[1][0])
    given_items = [item(file, place, seconds) for place, (file, seconds) in by_file]
    ordered = slow_first(given_items)
    assert sorted(map(id, ordered)) == sorted(map(id, given_items)), "nothing is lost"
    files = list(dict.fromkeys(map(file_of, ordered)))
    slowest = {
        file: max(seconds or 0 for name, seconds in drawn if f"tests/{name}.py" == file) for file in files
    }
    assert [slowest[file] for file in files] == sorted(slowest.values(), reverse=True)
    for file in files:
        places = [at for at, one in enumerate(ordered) if file_of(one) == file]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [one for one in given_items if file_of(one) == file] == [ordered[at] for at in places]


def test_files_that_say_nothing_keep_their_order_behind_the_slow_ones() -> None:
    ordered = slow_first([item("b", 0, None), item("a", 1, None), item("slow", 2, 60), item("a", 3, None)])
    assert [one.nodeid for one in ordered] == [
        "tests/slow.py::test_2", "tests/b.py::test_0", "tests/a.py::test_1", "tests/a.py::test_3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [("fixturenames", ["_stack"]), ("get_closest_marker", {"spark": True}.get)]
)
def test_what_needs_a_server_or_spark_comes_before_what_needs_nothing(name: str, value: object) -> None:
    needing = item("z", 0, None)
    setattr(needing, name, value)
    ordered = slow_first([item("a", 1, None), needing, item("slow", 2, 60)])
    assert [one.nodeid for one in ordered] == [
        "tests/slow.py::test_2", "tests/z.py::test_0", "tests/a.py::test_1",
    ]  # fmt: skip
