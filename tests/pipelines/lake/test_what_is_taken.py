"""The lake takes what the log still has, up to where it was told, and readers get exact spans of time."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Conflict
from feed_core.model.events import Topic
from feed_core.ports.event_log import Offsets
from pipelines.lake import (
    ends_of,
    lake_days,
    lake_offsets,
    read_decisions,
    read_events,
    read_posts,
    rebuild,
    table_files,
    update_lake,
)
from pipelines.lake.update import LakeReport
from tests.pipelines.lake.conftest import START, append, decision, event, events_over, open_log, post

MOMENTS = [0, START - 1, START, START + 1, START + DAY - 1, START + DAY, START + 40 * DAY, 7_258_118_399_999]


class Forgetful(SqliteEventLog):
    """A log that lets go of its first records of engagement, as Kafka does after its time."""

    kept_from = 0

    def begins(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        return {topic: (self.kept_from if topic == "engagement" else 0,) for topic in topics}


@pytest.fixture
def forgetful(log: SqliteEventLog) -> Forgetful:
    log.__class__ = Forgetful
    assert isinstance(log, Forgetful)
    return log


def _ids(home: Path, **span: int) -> list[int]:
    return sorted(read_events(home, **span)["event_id"].to_pylist())  # type: ignore[arg-type]


def test_what_comes_after_the_ends_is_left_to_the_next_run(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", [event(1), event(2)])
    ends = ends_of(log)
    append(log, "engagement", [event(3)])
    append(log, "posts", [post(1)])
    assert update_lake(log, home, ends=ends).rows == 2
    assert (_ids(home), read_posts(home).num_rows) == ([1, 2], 0)
    assert update_lake(log, home).rows == 2
    assert (_ids(home), read_posts(home).num_rows) == ([1, 2, 3], 1)


def test_the_same_ends_again_add_nothing(log: SqliteEventLog, home: Path) -> None:
    append(log, "graph", [event(1, action="follow")])
    ends = ends_of(log)
    update_lake(log, home, ends=ends)
    append(log, "graph", [event(2, action="follow")])
    assert update_lake(log, home, ends=ends) == LakeReport(0, (), 1)


def test_ends_that_another_run_has_passed_add_nothing(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", [event(1)])
    ends = ends_of(log)
    append(log, "engagement", [event(2)])
    append(log, "graph", [event(3, action="follow")])
    update_lake(log, home)
    assert update_lake(log, home, ends=ends).rows == 0
    assert (_ids(home), lake_offsets(home)["engagement"]) == ([1, 2, 3], (2,))


def test_ends_that_are_passed_in_one_topic_do_not_hold_up_another(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", [event(1)])
    early = ends_of(log)
    append(log, "engagement", [event(2)])
    update_lake(log, home)
    append(log, "graph", [event(3, action="follow")])
    ends = {**ends_of(log), "engagement": early["engagement"]}
    assert update_lake(log, home, ends=ends).rows == 1
    assert _ids(home) == [1, 2, 3]


def test_records_that_left_the_log_before_they_were_taken_are_counted(
    forgetful: Forgetful, home: Path
) -> None:
    append(forgetful, "engagement", [event(number) for number in range(1, 11)])
    forgetful.kept_from = 4
    report = update_lake(forgetful, home)
    assert (report.rows, report.lost, report.offset) == (6, 4, 10)
    assert _ids(home) == [5, 6, 7, 8, 9, 10]
    assert lake_offsets(home)["engagement"] == (10,)


def test_records_that_left_the_log_after_they_were_taken_are_not_lost(
    forgetful: Forgetful, home: Path
) -> None:
    append(forgetful, "engagement", [event(1), event(2)])
    update_lake(forgetful, home)
    forgetful.kept_from = 2
    append(forgetful, "engagement", [event(3)])
    assert update_lake(forgetful, home).lost == 0
    assert _ids(home) == [1, 2, 3]


def test_a_lake_is_not_written_again_from_a_log_that_has_let_go(forgetful: Forgetful, home: Path) -> None:
    append(forgetful, "engagement", [event(1), event(2)])
    update_lake(forgetful, home)
    forgetful.kept_from = 1
    with pytest.raises(Conflict, match="has let go of 1 records of engagement"):
        rebuild(forgetful, home)
    assert _ids(home) == [1, 2]


def test_a_rebuild_that_is_cut_short_leaves_the_old_lake(
    log: SqliteEventLog, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(log, "engagement", events_over(days=2, per_day=3))
    update_lake(log, home)
    files = table_files(home, "events")

    def cut(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("pipelines.lake.update._swap", cut)
    with pytest.raises(RuntimeError, match="power cut"):
        rebuild(log, home)
    monkeypatch.undo()
    assert table_files(home, "events") == files
    assert update_lake(log, home).rows == 0
    assert rebuild(log, home).rows == 6
    assert _ids(home) == [1, 2, 3, 4, 5, 6]


@pytest.fixture(scope="module")
def spans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with an event, a post and a decision at each of ``MOMENTS``; its place in them is its id."""
    home = tmp_path_factory.mktemp("spans")
    log = open_log(home)
    append(log, "engagement", [event(number, at) for number, at in enumerate(MOMENTS, 1)])
    append(log, "posts", [post(number, created_at=at) for number, at in enumerate(MOMENTS, 1)])
    append(log, "decisions", [decision(number, at) for number, at in enumerate(MOMENTS, 1)])
    update_lake(log, home)
    return home


@pytest.mark.parametrize("start", [0, START, START + 1, START + DAY, START + DAY + HOUR])
@pytest.mark.parametrize(
    "end", [None, 0, 1, START, START + 1, START + DAY, START + DAY + 1, START + 41 * DAY, 2**62]
)
def test_a_span_holds_its_start_and_not_its_end(spans: Path, start: int, end: int | None) -> None:
    expected = [number for number, at in enumerate(MOMENTS, 1) if start <= at and (end is None or at < end)]
    assert _ids(spans, start=start, **({} if end is None else {"end": end})) == expected
    assert read_posts(spans, start=start, end=end)["post_id"].to_pylist() == expected
    decisions = read_decisions(spans, columns=["decision_id"], start=start, end=end)
    assert sorted(decisions["decision_id"].to_pylist()) == expected


def test_only_files_of_days_in_the_span_are_opened(spans: Path) -> None:
    assert table_files(spans, "events", end=0) == []
    assert table_files(spans, "events", start=2**62) == []
    assert table_files(spans, "events", end=2**62) == table_files(spans, "events")
    assert lake_days(spans) == sorted(lake_days(spans))
    assert len(lake_days(spans, "posts")) == 6
    for end, days in ((START, ["2025-12-31"]), (START + 1, ["2025-12-31", "2026-01-01"])):
        files = table_files(spans, "events", start=START - 1, end=end)
        assert [Path(file).parent.name for file in files] == [f"day={day}" for day in days]


@pytest.mark.parametrize("actions", [[], ["hide"], ["like", "hide"]])
def test_only_the_actions_that_were_asked_for_are_read(spans: Path, actions: list[str]) -> None:
    assert read_events(spans, actions=actions).num_rows == (len(MOMENTS) if "like" in actions else 0)


def test_a_home_without_a_lake_reads_as_empty_tables_of_all_columns(tmp_path: Path) -> None:
    assert lake_days(tmp_path) == []
    assert lake_offsets(tmp_path) == {}
    assert (read_events(tmp_path).num_rows, read_posts(tmp_path).num_rows) == (0, 0)
    assert read_decisions(tmp_path, columns=["scores"]).column_names == ["scores"]
