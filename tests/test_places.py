"""Which files share a worker."""

import pytest

from tests.places import MORTAL, ROOT, SPARK, Places, place_of

SHARED = {
    "tests/pipelines/spark/test_cf.py": SPARK,
    "tests/end_to_end/test_production.py": SPARK,
    "tests/pipelines/stack/test_servers_up.py": MORTAL,
    "tests/faults/test_production.py": MORTAL,
}


def test_files_that_share_something_slow_are_one_place_and_others_are_their_own() -> None:
    files = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")]
    places = {file: place_of(file) for file in files}
    assert {file: places[file] for file in SHARED} == SHARED
    assert places["tests/test_slow_first.py"] == "tests/test_slow_first.py"
    assert all(place in (SPARK, MORTAL, file) for file, place in places.items())


def test_a_test_is_where_its_file_is(pytestconfig: pytest.Config) -> None:
    scheduler = Places.__new__(Places)
    assert scheduler._split_scope("tests/pipelines/spark/test_cf.py::test_one[a::b]") == SPARK
    assert scheduler._split_scope("tests/test_slow_first.py::test_x") == "tests/test_slow_first.py"
