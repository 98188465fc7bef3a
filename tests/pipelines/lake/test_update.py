"""The lake holds what the log holds: once, in its own day, whatever arrives when."""

import base64
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import DAY, HOUR, day_of
from feed_core.model.errors import Conflict
from feed_core.model.events import Event
from pipelines.lake import (
    LakeReport,
    lake_days,
    lake_offsets,
    read_decisions,
    read_events,
    rebuild,
    update_lake,
)
from pipelines.lake.layout import parts_in
from pipelines.lake.update import _only_writer
from tests.pipelines.lake.conftest import START, append, decision, event, events_over, open_log, post


def _as_events(home: Path) -> list[Event]:
    rows = [msgspec.convert(row, Event, from_attributes=False) for row in _rows(home)]
    return sorted(rows, key=lambda row: row.event_id)


def _rows(home: Path) -> list[list[object]]:
    table = read_events(home)
    return [list(row) for row in zip(*(table[name].to_pylist() for name in table.column_names), strict=True)]


def test_an_empty_log_makes_an_empty_lake(log: SqliteEventLog, home: Path) -> None:
    assert update_lake(log, home) == LakeReport(0, (), 0)
    assert read_events(home).num_rows == 0


def test_events_of_both_topics_come_back_field_by_field(log: SqliteEventLog, home: Path) -> None:
    liked = event(7, action="dwell", surface="for_you", position=3, decision_id=9, value=1234.5)
    followed = event(8, START + DAY, post_id=0, action="follow")
    append(log, "engagement", [liked])
    append(log, "graph", [followed])
    report = update_lake(log, home)
    assert (report.rows, report.days, report.offset) == (2, ("2026-01-01", "2026-01-02"), 2)
    assert _as_events(home) == [liked, followed]


def test_decisions_keep_their_lists_and_feature_bytes(log: SqliteEventLog, home: Path) -> None:
    append(log, "decisions", [decision(5), decision(6), decision(5)])
    assert update_lake(log, home).duplicates == 1
    rows = read_decisions(home).to_pylist()
    assert [row["decision_id"] for row in rows] == [5, 6]
    assert rows[0]["post_ids"] == [2, 4]
    assert rows[0]["features"] == b"\x00\x01"
    assert rows[0]["propensities"] == []


def test_a_late_event_lands_in_the_day_it_happened(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", events_over(days=3, per_day=4))
    update_lake(log, home)
    append(log, "engagement", [event(99, START + HOUR, arrived_at=START + 5 * DAY)])
    assert update_lake(log, home).days == ("2026-01-01",)
    assert read_events(home, end=START + DAY).num_rows == 5


def test_a_second_run_adds_only_what_is_new(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", events_over(days=2, per_day=10))
    assert update_lake(log, home).rows == 20
    assert update_lake(log, home).rows == 0
    append(log, "engagement", events_over(days=1, per_day=5, first_id=100))
    assert update_lake(log, home).rows == 5
    assert lake_offsets(home)["engagement"] == (25,)


def test_an_event_delivered_again_is_kept_once(log: SqliteEventLog, home: Path) -> None:
    events = events_over(days=2, per_day=10)
    append(log, "engagement", [*events, events[3]])
    assert update_lake(log, home).duplicates == 1
    append(log, "engagement", [events[0], events[15], event(500, START)])
    report = update_lake(log, home)
    assert (report.rows, report.duplicates) == (1, 2)
    assert len(_as_events(home)) == 21


def test_a_lake_of_another_log_is_refused(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", events_over(days=1, per_day=5))
    update_lake(log, home)
    (home / "new").mkdir()
    with pytest.raises(Conflict, match="ahead of the event log"):
        update_lake(open_log(home / "new"), home)


def test_progress_counts_up_to_all_records(log: SqliteEventLog, home: Path, small_batches: None) -> None:
    append(log, "engagement", events_over(days=1, per_day=20))
    append(log, "posts", [post(1)])
    seen: list[tuple[int, int]] = []
    update_lake(log, home, progress=lambda done, todo: seen.append((done, todo)))
    assert seen == [(1, 21), (8, 21), (15, 21), (21, 21)]


def test_unreadable_records_are_set_aside_with_the_reason(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", [event(1), [1, 2], event(3, -5), event(4)])
    report = update_lake(log, home)
    assert (report.rows, report.rejected, report.duplicates) == (2, 2, 0)
    (file,) = (home / "lake" / "rejected").iterdir()
    unreadable, untimed = (json.loads(line) for line in file.read_text().splitlines())
    assert "at least" in unreadable["reason"] or "length" in unreadable["reason"]
    assert untimed["reason"] == "occurred_at is no time"
    assert [(one["partition"], one["offset"]) for one in (unreadable, untimed)] == [(0, 1), (0, 2)]


_NO_ROWS = {
    "text that is no UTF-8": ("engagement", msgspec.msgpack.encode(event(5)).replace(b"like", b"lik\xff")),
    "an id beyond 64 bits": ("engagement", msgspec.msgpack.encode(event(2**63 + 7))),
    "a time beyond 64 bits": ("engagement", msgspec.msgpack.encode(event(5, 2**63 + 7))),
    "lists in lists without end": ("posts", b"\x81\xa2zz" + b"\x91" * 100_000),
}


@pytest.mark.parametrize("kind", _NO_ROWS)
def test_a_record_that_cannot_be_kept_is_set_aside_and_the_rest_goes_in(
    log: SqliteEventLog, home: Path, kind: str
) -> None:
    topic, body = _NO_ROWS[kind]
    good = [msgspec.msgpack.encode(event(one) if topic == "engagement" else post(one)) for one in (1, 2)]
    log.append(topic, [(1, good[0]), (1, body), (1, good[1])])
    report = update_lake(log, home)
    assert (report.rows, report.rejected) == (2, 1)
    assert update_lake(log, home).rows == 0
    (file,) = (home / "lake" / "rejected").iterdir()
    told = json.loads(file.read_text())
    assert (told["offset"], base64.b64decode(told["body"])) == (1, body)
    assert told["reason"]


def test_two_writers_at_once_are_refused(log: SqliteEventLog, home: Path) -> None:
    with _only_writer(home / "lake"), pytest.raises(Conflict, match="Another process writes"):
        update_lake(log, home)


def test_rebuild_gives_the_same_rows_in_fewer_parts(
    log: SqliteEventLog, home: Path, small_batches: None
) -> None:
    append(log, "posts", [post(1), post(1, START + 5)])
    append(log, "engagement", events_over(days=2, per_day=30))
    update_lake(log, home)
    before = _as_events(home)
    next(iter(parts_in(home / "lake" / "events"))).path.write_bytes(b"PAR1 cut off")
    assert rebuild(log, home).rows == 62
    assert _as_events(home) == before
    assert update_lake(log, home).rows == 0


_MOMENTS = st.integers(START, START + 5 * DAY - 1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=12), max_size=6), st.data())
def test_any_deliveries_in_any_batches_give_each_event_once(
    tmp_path_factory: pytest.TempPathFactory,
    deliveries: list[list[tuple[int, bool]]],
    data: st.DataObject,
) -> None:
    home = tmp_path_factory.mktemp("lake")
    log = open_log(home)
    moments: dict[int, int] = {}
    for batch in deliveries:
        for event_id, followed in batch:
            moments.setdefault(event_id, data.draw(_MOMENTS))
            topic = "graph" if followed else "engagement"
            append(log, topic, [event(event_id, moments[event_id])])
        update_lake(log, home)
    assert [row.event_id for row in _as_events(home)] == sorted(moments)
    assert lake_days(home) == sorted({day_of(moment) for moment in moments.values()})
    for part in parts_in(home / "lake" / "events"):
        days = {day_of(at) for at in np.asarray(read_events(home, columns=["occurred_at"])["occurred_at"])}
        assert part.path.parent.name.removeprefix("day=") in days
