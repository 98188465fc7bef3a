"""Which files share a worker."""

import pytest

from tests.one_spark import ROOT, SPARK, OneSpark, place_of


def test_files_that_need_spark_are_one_place_and_others_are_their_own() -> None:
    places = {
        file: place_of(file)
        for path in (ROOT / "tests").rglob("test_*.py")
        if (file := str(path.relative_to(ROOT)))
    }
    needing = "tests/pipelines/spark/test_cf.py", "tests/end_to_end/test_production.py"
    assert [places[file] for file in needing] == [SPARK, SPARK]
    assert places["tests/test_slow_first.py"] == "tests/test_slow_first.py"
    assert all(place in (SPARK, file) for file, place in places.items())


def test_a_test_is_where_its_file_is(pytestconfig: pytest.Config) -> None:
    scheduler = OneSpark.__new__(OneSpark)
    assert scheduler._split_scope("tests/pipelines/spark/test_cf.py::test_one[a::b]") == SPARK
    assert scheduler._split_scope("tests/test_slow_first.py::test_x") == "tests/test_slow_first.py"
