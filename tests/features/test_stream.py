"""The stream's rows equal a plain count, whatever the events and however time goes on."""

import bisect
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.definitions import MAX_WINDOW_MS, SLICE_MS, WINDOWED, Count, View, slice_of
from features.definitions.windows import FOUR_WEEKS, ONE_DAY, ONE_WEEK
from features.event_columns import columns_of
from features.online import OnlineRows, open_online
from features.stream import StreamUpdater, needed_since
from feed_core.model.events import Event

ACTIONS = ("impression", "like", "comment", "dwell", "share", "hide", "follow", "unlike")
START = 20_000 * 24 * SLICE_MS


@pytest.fixture
def online(tmp_path: Path, url: str) -> Iterator[OnlineRows]:
    rows = open_online(url or tmp_path / "online.sqlite")
    yield rows
    rows.close()


def event(
    hour: float, *, user: int = 1, post: int = 1, author: int = 1, action: str = "like", value: float = 0
):
    moment = START + int(hour * SLICE_MS)
    return Event(
        event_id=1,
        occurred_at=moment,
        arrived_at=moment,
        user_id=user,
        post_id=post,
        author_id=author,
        action=action,  # type: ignore[arg-type]
        value=value,
    )


def counted(count: Count, view: View, key: tuple[int, ...], events: Sequence[Event], now: int) -> float:
    """The definition, word by word."""
    slice_, total = slice_of(now), 0.0
    for e in events:
        mine = tuple(getattr(e, name) for name in view.join_keys) == key
        inside = slice_ - count.slices <= slice_of(e.occurred_at) < slice_
        if mine and inside and e.action in count.actions:
            total += int(e.value) if count.measure == "value" else 1
    return total


def assert_equals_oracle(online: OnlineRows, events: Sequence[Event], now: int) -> None:
    for view in WINDOWED:
        keys = sorted({tuple(getattr(e, name) for name in view.join_keys) for e in events})
        keys = [key for key in keys if min(key) > 0]
        if not keys:
            continue
        rows = online.read_many(view, np.array(keys))
        found = np.nan_to_num(rows.matrix)
        expected = [[counted(c, view, key, events, now) for c in view.counts] for key in keys]
        np.testing.assert_array_equal(found, np.array(expected, np.float32), err_msg=view.name)
        assert (rows.event_times % SLICE_MS == 0).all()
        assert (rows.event_times <= now).all()


def test_an_event_counts_from_the_next_slice_on_until_its_window_is_over(online: OnlineRows) -> None:
    stream = StreamUpdater(online)
    stream.add([event(0.5)])
    view = next(v for v in WINDOWED if v.name == "post_stats")
    at = {name: view.columns.index(name) for name in ("likes_1d", "likes_7d")}

    def likes(hour: float) -> tuple[float, float]:
        stream.advance(START + int(hour * SLICE_MS))
        row = np.nan_to_num(online.read_many(view, np.array([1])).matrix[0])
        return float(row[at["likes_1d"]]), float(row[at["likes_7d"]])

    assert likes(0.99) == (0, 0)
    assert likes(1) == (1, 1)
    day, week = ONE_DAY / SLICE_MS, ONE_WEEK / SLICE_MS
    assert likes(day + 0.99) == (1, 1)
    assert likes(day + 1) == (0, 1)
    assert likes(week) == (0, 1)
    assert likes(week + 1) == (0, 0)


events_strategy = st.lists(
    st.builds(
        event,
        hour=st.floats(0, 1000).map(lambda h: round(h, 2)),
        user=st.integers(1, 3),
        post=st.integers(0, 3),
        author=st.integers(1, 2),
        action=st.sampled_from(ACTIONS),
        value=st.floats(0, 20_000, allow_nan=False),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events_strategy, steps=st.lists(st.integers(0, 1800), min_size=1, max_size=6).map(sorted))
def test_rows_equal_a_plain_count_however_time_goes_on(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], steps: list[int]
) -> None:
    online = open_online(tmp_path_factory.mktemp("stream") / "online.sqlite")
    stream = StreamUpdater(online)
    ordered = sorted(events, key=lambda e: e.occurred_at)
    times, added = [e.occurred_at for e in ordered], 0
    for hour in steps:
        now = START + hour * SLICE_MS
        until = bisect.bisect_left(times, now)
        stream.add(ordered[added:until])
        added = until
        stream.advance(now)
        assert_equals_oracle(online, ordered[:added], now)
    online.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=events_strategy, late=events_strategy, hours=st.tuples(st.integers(0, 900), st.integers(0, 900))
)
def test_late_events_count_from_when_they_arrive(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], late: list[Event], hours: tuple[int, int]
) -> None:
    online = open_online(tmp_path_factory.mktemp("late") / "online.sqlite")
    stream = StreamUpdater(online)
    stream.add(events)
    stream.advance(START + hours[0] * SLICE_MS)
    stream.add(late)
    now = START + (hours[0] + hours[1]) * SLICE_MS
    stream.advance(now)
    assert_equals_oracle(online, events + late, now)
    online.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events_strategy, hours=st.tuples(st.integers(0, 900), st.integers(0, 900)))
def test_a_restart_gives_the_rows_of_a_run_without_one(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], hours: tuple[int, int]
) -> None:
    folder = tmp_path_factory.mktemp("restart")
    online, whole = open_online(folder / "a.sqlite"), open_online(folder / "b.sqlite")
    first, second = START + hours[0] * SLICE_MS, START + (hours[0] + hours[1]) * SLICE_MS
    before = StreamUpdater(online)
    before.add(events)
    before.advance(first)
    since = needed_since(online, second)
    StreamUpdater.restore(online, [[e for e in events if e.occurred_at >= since]], second)
    unbroken = StreamUpdater(whole)
    unbroken.add(events)
    unbroken.advance(first)
    unbroken.advance(second)
    for view in WINDOWED:
        keys = {tuple(getattr(e, name) for name in view.join_keys) for e in events}
        if keys := {key for key in keys if min(key) > 0}:
            mine, theirs = (o.read_many(view, np.array(sorted(keys))) for o in (online, whole))
            np.testing.assert_array_equal(np.nan_to_num(mine.matrix), np.nan_to_num(theirs.matrix))
    online.close()
    whole.close()


def test_a_step_back_changes_nothing(online: OnlineRows) -> None:
    stream = StreamUpdater(online)
    stream.add([event(1)])
    assert stream.advance(START + 3 * SLICE_MS) == 4
    assert stream.advance(START + 2 * SLICE_MS) == 0
    assert stream.advance(START + 3 * SLICE_MS) == 0


def test_a_write_that_failed_is_made_up_for(online: OnlineRows, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StreamUpdater(online)
    stream.add([event(0)])
    with monkeypatch.context() as broken:
        broken.setattr(online, "write_many", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            stream.advance(START + SLICE_MS)
    assert stream.advance(START + SLICE_MS) == 4
    assert_equals_oracle(online, [event(0)], START + SLICE_MS)


def test_people_are_counted_without_a_post(online: OnlineRows) -> None:
    stream = StreamUpdater(online)
    stream.add([event(0, post=0, action="follow")])
    assert stream.advance(START + SLICE_MS) == 2
    stats = next(view for view in WINDOWED if view.name == "author_stats")
    row = online.read_many(stats, np.array([1])).matrix[0]
    assert row[stats.columns.index("follows_7d")] == 1


def test_keys_that_nothing_speaks_of_any_more_are_forgotten(online: OnlineRows) -> None:
    stream = StreamUpdater(online)
    stream.add([event(0, user=1 + i, post=1 + i, author=1 + i) for i in range(5000)])
    stream.advance(START + SLICE_MS)
    stream.add([event(2)])
    stream.advance(START + FOUR_WEEKS + 2 * SLICE_MS)
    assert all(len(counters._keys) <= 1 for counters in stream._counters)
    stream.add([event(FOUR_WEEKS / SLICE_MS, user=7)])
    now = START + FOUR_WEEKS + 3 * SLICE_MS
    stream.advance(now)
    assert_equals_oracle(online, [event(0), event(2), event(FOUR_WEEKS / SLICE_MS, user=7)], now)


def test_what_a_restart_needs_reaches_back_from_the_newest_row(online: OnlineRows) -> None:
    now = START + 100 * SLICE_MS
    assert needed_since(online, now) == now - MAX_WINDOW_MS - SLICE_MS
    stream = StreamUpdater(online)
    stream.add([event(1)])
    stream.advance(now)
    assert needed_since(online, now) == START + 2 * SLICE_MS - MAX_WINDOW_MS - SLICE_MS


def test_no_events_are_no_columns() -> None:
    assert len(columns_of([])) == 0
    assert columns_of([]).value.dtype == np.float64
