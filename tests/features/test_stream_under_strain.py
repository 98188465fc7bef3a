"""Every event counts once and only once: from many threads, after writes that failed, in any order."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import MAX_WINDOW_MS, SLICE_MS, VIEW_BY_NAME, WINDOWED
from features.event_columns import EventColumns, columns_of, join
from features.online import OnlineRows, PackedRows, SqliteOnlineRows
from features.online.rows import ViewState
from features.stream import StreamUpdater, needed_since
from feed_core.model.events import ACTIONS, Event
from tests.features.test_stream import START, assert_equals_oracle, event, events_strategy

HOURS = [0, 1, 2, 30, 200]


class Failing:
    """Online rows whose write fails when it is told to."""

    def __init__(self, rows: OnlineRows) -> None:
        self.rows, self.fails_at, self.writes = rows, -1, 0

    def write_many(self, view, rows: PackedRows) -> int:  # type: ignore[no-untyped-def]
        self.writes += 1
        if self.writes == self.fails_at:
            raise OSError("disk full")
        return self.rows.write_many(view, rows)

    def __getattr__(self, name: str) -> object:
        return getattr(self.rows, name)


@pytest.fixture
def online(tmp_path: Path) -> Iterator[SqliteOnlineRows]:
    rows = SqliteOnlineRows(tmp_path / "online.sqlite")
    yield rows
    rows.close()


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_whichever_view_was_not_written_is_made_up_for_beside_what_came_since(
    online: SqliteOnlineRows, fails_at: int
) -> None:
    failing = Failing(online)
    stream = StreamUpdater(failing)  # type: ignore[arg-type]
    first, since = [event(0), event(0.5, user=2, action="dwell", value=900)], [event(1.2, author=2)]
    stream.add(first)
    failing.fails_at = fails_at
    with pytest.raises(OSError, match="disk full"):
        stream.advance(START + SLICE_MS)
    stream.add(since)
    stream.advance(START + 2 * SLICE_MS)
    assert_equals_oracle(online, first + since, START + 2 * SLICE_MS)


def test_a_write_that_keeps_failing_loses_nothing(online: SqliteOnlineRows) -> None:
    failing, added = Failing(online), []
    stream = StreamUpdater(failing)  # type: ignore[arg-type]
    for hour in range(5):
        added.append(event(hour, user=hour + 1, post=hour % 2 + 1))
        stream.add(added[-1:])
        failing.fails_at = failing.writes + 1
        with pytest.raises(OSError, match="disk full"):
            stream.advance(START + (hour + 1) * SLICE_MS)
    assert all(online.state(view).rows == 0 for view in WINDOWED)
    assert stream.advance(START + 5 * SLICE_MS) > 0
    assert_equals_oracle(online, added, START + 5 * SLICE_MS)


def test_events_added_from_many_threads_while_time_goes_on_count_once_each(online: SqliteOnlineRows) -> None:
    stream, rng = StreamUpdater(online), np.random.default_rng(0)
    parts = [
        [event(hour, user=user, post=int(rng.integers(1, 4))) for hour in rng.uniform(0, 20, 60).round(2)]
        for user in (1, 2, 3, 4)
    ]
    ready = threading.Barrier(len(parts) + 2)

    def add(events: list[Event]) -> None:
        ready.wait()
        for each in events:
            stream.add([each])

    def advance() -> None:
        ready.wait()
        for hour in range(20):
            stream.advance(START + hour * SLICE_MS)

    threads = [threading.Thread(target=add, args=(part,)) for part in parts]
    threads += [threading.Thread(target=advance) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stream.advance(START + 21 * SLICE_MS)
    assert_equals_oracle(online, [each for part in parts for each in part], START + 21 * SLICE_MS)


def test_an_event_of_the_future_waits_for_its_hour(online: SqliteOnlineRows) -> None:
    stream, later = StreamUpdater(online), event(30)
    stream.add([later])
    assert [stream.advance(START + hour * SLICE_MS) for hour in (1, 29, 30, 30)] == [0] * 4
    assert stream.advance(START + 31 * SLICE_MS) == len(WINDOWED)
    assert_equals_oracle(online, [later], START + 31 * SLICE_MS)


def test_only_rows_that_change_are_written(online: SqliteOnlineRows) -> None:
    stream = StreamUpdater(online)
    stream.add([event(0, user=user) for user in (1, 2, 3)])
    assert stream.advance(START + SLICE_MS) == 3 + 1 + 1 + 3, "people, author, post, pairs"
    stream.add([event(1, user=2)])
    assert stream.advance(START + 2 * SLICE_MS) == 4
    assert stream.advance(START + 3 * SLICE_MS) == 0
    stream.add([event(2, user=2, action="unlike")])
    assert stream.advance(START + 4 * SLICE_MS) == 0, "what no counter counts changes no row"


@settings(max_examples=15)
@given(events=events_strategy, order=st.randoms(use_true_random=False), size=st.integers(1, 9))
def test_a_restart_takes_batches_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], order, size: int
) -> None:
    batches = [events[at : at + size] for at in range(0, len(events), size)]
    order.shuffle(batches)
    online = SqliteOnlineRows(tmp_path_factory.mktemp("order") / "online.sqlite")
    StreamUpdater.restore(online, batches, START + 1_001 * SLICE_MS)
    assert_equals_oracle(online, events, START + 1_001 * SLICE_MS)
    online.close()


class Known:
    """Online rows of which only the state is asked."""

    def __init__(self, newest: dict[str, int]) -> None:
        self.newest = newest

    def state(self, view) -> ViewState:  # type: ignore[no-untyped-def]
        return ViewState(int(view.name in self.newest), self.newest.get(view.name, 0))


@pytest.mark.parametrize(
    ("newest", "now", "since"),
    [
        ({}, START + 5, START),
        ({"post_stats": START - SLICE_MS}, START, START - SLICE_MS),
        ({"post_stats": START, "user_activity": START - 9 * SLICE_MS}, START, START - 9 * SLICE_MS),
        ({"post_stats": START + SLICE_MS}, START, START),
    ],
    ids=["no rows", "one view", "the view that is furthest behind", "rows of the future"],
)
def test_a_restart_needs_a_window_and_a_slice_before_the_newest_row(
    newest: dict[str, int], now: int, since: int
) -> None:
    assert needed_since(Known(newest), now) == since - MAX_WINDOW_MS - SLICE_MS  # type: ignore[arg-type]


def test_a_restart_never_needs_events_from_before_time() -> None:
    assert needed_since(Known({}), 0) == 0  # type: ignore[arg-type]
    assert needed_since(Known({"post_stats": SLICE_MS}), MAX_WINDOW_MS) == 0  # type: ignore[arg-type]


@settings(max_examples=15)
@given(events=events_strategy, cut=st.integers(0, 40), data=st.data())
def test_columns_are_the_events_in_order_joined_and_chosen(
    events: list[Event], cut: int, data: st.DataObject
) -> None:
    whole = join([columns_of(events[:cut]), columns_of(events[cut:])])
    assert rows_of(whole) == [
        (e.user_id, e.author_id, e.post_id, e.occurred_at // SLICE_MS, ACTIONS.index(e.action), e.value)
        for e in events
    ]
    mask = data.draw(st.lists(st.booleans(), min_size=len(events), max_size=len(events)))
    chosen = whole.where(np.array(mask, bool))
    assert rows_of(chosen) == [row for row, kept in zip(rows_of(whole), mask, strict=True) if kept]


def rows_of(columns: EventColumns) -> list[tuple[float, ...]]:
    parts = (
        columns.user_id,
        columns.author_id,
        columns.post_id,
        columns.slice,
        columns.action,
        columns.value,
    )
    return list(zip(*(part.tolist() for part in parts), strict=True))


def test_dwell_adds_up_whole_milliseconds_and_counts_once_an_event(online: SqliteOnlineRows) -> None:
    stream, view = StreamUpdater(online), VIEW_BY_NAME["post_stats"]
    stream.add([event(0, action="dwell", value=value) for value in (0.0, 0.999, 1.0, 1999.999)])
    stream.advance(START + SLICE_MS)
    row = dict(zip(view.columns, online.read_many(view, np.array([1])).matrix[0].tolist(), strict=True))
    assert (row["dwells_7d"], row["dwell_ms_7d"]) == (4, 2_000)
