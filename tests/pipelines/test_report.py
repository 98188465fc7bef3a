"""Reports survive being written and read, and a damaged one says so."""

import io
from pathlib import Path

import pytest
from msgspec import structs
from rich.console import Console

from feed_core.model.errors import Corrupt, NotFound
from pipelines.report import Metric, Report, Row, Table, read_report, rich_table, write_report

TABLE = Table(
    title="Closed loop",
    note="Days 15 to 21.",
    metrics=(
        Metric(name="value", rows=(Row(name="ranked", mean=2.0, low=1.5, high=2.5),)),
        Metric(name="hides", rows=(Row(name="new_first", mean=0.01, low=0.0, high=0.02),), digits=2),
    ),
)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    report = Report(title="t", created_at="2026-01-01T00:00:00Z", tables=(TABLE,), seconds={"play": 1.5})
    write_report(tmp_path, report)
    assert read_report(tmp_path) == report
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("field", ["mean", "low", "high"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_left_out_and_the_report_can_be_read(
    tmp_path: Path, field: str, number: float
) -> None:
    known = Row(name="ranked", mean=2.0, low=1.0, high=3.0)
    metric = Metric(name="m", rows=(known, structs.replace(known, name="other", **{field: number})))
    report = Report(title="t", created_at="now", tables=(Table(title="t", note="", metrics=(metric,)),))
    assert metric.rows == (known,)
    write_report(tmp_path, report)
    assert read_report(tmp_path) == report


def test_no_report_and_a_damaged_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no report"):
        read_report(tmp_path)
    (tmp_path / "report.json").write_text('{"title": 3}')
    with pytest.raises(Corrupt, match="not a report"):
        read_report(tmp_path)


def test_the_table_shows_means_with_intervals_and_gaps() -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(rich_table(TABLE))
    text = console.export_text()
    assert "2.000  [1.500, 2.500]" in text
    assert "new first" in text
    assert "–" in text
