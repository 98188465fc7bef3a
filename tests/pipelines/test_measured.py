"""What was measured stands in the report's tables number by number, and is read back as it was."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table as RichTable

from feed_core.model.errors import Corrupt
from feed_core.model.users import User
from pipelines.measured import choices_table, heads_table, offline_table
from pipelines.report import (
    Metric,
    Report,
    Row,
    Table,
    Timeline,
    read_report,
    rich_table,
    timelines_table,
    write_report,
)
from pipelines.timelines import timeline
from training.evaluation import Comparison, Interval
from training.evaluation.comparison import Row as Compared
from training.evaluation.probability_metrics import Reliability
from training.judging import HeadReport

_numbers = st.floats(allow_nan=False, allow_infinity=False)
_rows = st.builds(Row, name=st.text(max_size=8), mean=_numbers, low=_numbers, high=_numbers)
_tables = st.builds(
    Table,
    title=st.text(max_size=8), note=st.text(max_size=8),
    metrics=st.lists(
        st.builds(Metric, name=st.text(max_size=8), rows=st.lists(_rows, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
)  # fmt: skip
_reports = st.builds(
    Report,
    title=st.text(max_size=8), created_at=st.just("2026-01-01T00:00:00.000Z"),
    tables=st.lists(_tables, max_size=2).map(tuple),
    counts=st.dictionaries(st.text(max_size=5), st.integers(0, 2**62), max_size=3),
    seconds=st.dictionaries(st.text(max_size=5), st.floats(0, 1e9), max_size=3),
)  # fmt: skip


def _shown(drawn: RichTable) -> list[list[str]]:
    """The cells of the table, column by column."""
    return [[str(cell) for cell in column.cells] for column in drawn.columns]


def _printed(drawn: RichTable) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(drawn)
    return out.getvalue()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(_reports)
def test_any_report_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    home = tmp_path_factory.getbasetemp()
    assert write_report(home, report) == home / "report.json"
    assert read_report(home) == report


def test_a_report_takes_the_place_of_the_one_before_and_leaves_no_draft(tmp_path: Path) -> None:
    for title in ("one", "two"):
        write_report(tmp_path, Report(title=title, created_at="now"))
    assert read_report(tmp_path).title == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"title": 1, "created_at": ""}', '{"title": "a", "cre'])
def test_a_report_that_says_something_else_is_corrupt(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(Corrupt, match="is not a report") as told:
        read_report(tmp_path)
    assert "loupe demo" in told.value.fix


def _row(name: str, mean: float, low: float | None = None, high: float | None = None) -> Row:
    return Row(name=name, mean=mean, low=mean if low is None else low, high=mean if high is None else high)


def test_a_cell_has_the_digits_that_are_worth_reading_and_a_dash_where_nothing_was_measured() -> None:
    metrics = (
        Metric(name="value", rows=(_row("ranked", 1.23456, 1.0, 1.5), _row("popular_30_days", 2)), digits=2),
        Metric(name="hides", rows=(_row("popular_30_days", -0.0004),)),
    )
    drawn = rich_table(Table(title="t", note="n", metrics=metrics))
    assert _shown(drawn) == [
        ["ranked", "popular 30 days"],
        ["1.23  [1.00, 1.50]", "2.00"],
        ["–", "-0.000"],
    ]
    assert [row.style for row in drawn.rows] == ["bold", None]


def test_a_table_of_nothing_can_be_shown() -> None:
    assert "empty" in _printed(rich_table(Table(title="empty", note="", metrics=())))
    assert "Timelines" in _printed(timelines_table(()))


def _person(username: str = "ada", user_id: int = 7) -> User:
    return User(user_id=user_id, username=username, full_name="", bio="", created_at=0, updated_at=0)


@pytest.mark.parametrize("post_ids", [[], [5], list(range(2**62, 2**62 + 9))])
def test_a_timeline_says_its_length_and_its_first_posts_as_text(post_ids: Sequence[int]) -> None:
    made = timeline(_person(user_id=2**53 + 1), "ranked", post_ids)
    assert (made.length, made.user_id) == (len(post_ids), "9007199254740993")
    assert made.first == tuple(str(post) for post in post_ids[:5])
    assert len(made.digest) == 16


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 2**63 - 1), max_size=5), st.lists(st.integers(0, 2**63 - 1), max_size=5))
def test_two_orders_have_one_digest_only_when_they_are_the_same(one: list[int], two: list[int]) -> None:
    same = timeline(_person(), "ranked", one).digest == timeline(_person(), "chronological", two).digest
    assert same == (one == two)


def test_the_same_posts_in_another_order_have_another_digest() -> None:
    assert timeline(_person(), "ranked", [1, 2]).digest != timeline(_person(), "ranked", [2, 1]).digest


def test_a_timeline_is_a_line_of_the_table() -> None:
    entries: tuple[Timeline, ...] = (
        timeline(_person("ada"), "chronological", [9, 8, 7, 6]),
        timeline(_person("ada"), "ranked", []),
    )
    person, order, posts, digest, first = _shown(timelines_table(entries))
    assert (person, order, posts) == (["ada", "ada"], ["chronological", "ranked"], ["4", "0"])
    assert digest == [one.digest for one in entries]
    assert first == ["9 8 7", ""]


def _comparison() -> Comparison:
    rows = tuple(
        Compared(name, metric, Interval(at + place, at - 1.0, at + 1.0, 1, 1))
        for at, name in enumerate(("ranked", "popular"))
        for place, metric in enumerate(("ndcg@20", "hit_rate@20"))
    )
    return Comparison(rows, ())


def test_rankers_stand_in_their_order_with_a_column_a_measure() -> None:
    for table in (offline_table(_comparison()), choices_table(_comparison(), "Offline")):
        assert table.title == "Offline"
        assert [metric.name for metric in table.metrics] == ["ndcg@20", "hit rate@20"]
        for place, metric in enumerate(table.metrics):
            assert [(row.name, row.mean, row.low, row.high) for row in metric.rows] == [
                ("ranked", 0 + place, -1.0, 1.0),
                ("popular", 1 + place, 0.0, 2.0),
            ]


def _head(auc: float) -> HeadReport:
    curve = Reliability(np.zeros(1), np.zeros(1), np.zeros(1, np.int64))
    return HeadReport(rows=9, base=0.1, auc=auc, log_loss=0.3, log_loss_base=0.4, ece=0.01, curve=curve)


def test_what_a_head_could_not_be_judged_by_is_left_out_so_that_the_report_can_be_read(
    tmp_path: Path,
) -> None:
    known, unknown = _head(0.75), _head(float("nan"))
    table = heads_table({"like": known, "hide": unknown})
    by_name = {metric.name: [row.name for row in metric.rows] for metric in table.metrics}
    assert by_name["AUC"] == ["like"]
    assert by_name["Base rate"] == by_name["Log loss"] == ["like", "hide"]
    write_report(tmp_path, Report(title="t", created_at="now", tables=(table,)))
    assert read_report(tmp_path).tables == (table,)
