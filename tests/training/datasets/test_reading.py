"""The lake is read like one table, however its rows are spread over files, and follows like a diary."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.definitions import FEATURES
from feed_core.model.clock import DAY, HOUR, day_of
from feed_core.model.errors import Corrupt
from tests.training.lake import EVENTS, POSTS, START, Lake
from training.datasets import DatasetConfig, load_examples
from training.datasets.follows import followed_at
from training.datasets.impressions import read_impressions
from training.datasets.lake import codes, column, read_table

ACTIONS = ("like", "hide", "impression", "follow")


def _event(number: int, at: int, action: str = "like", post: int = 1) -> dict[str, Any]:
    row = dict.fromkeys(EVENTS.names, 0) | {"surface": "", "value": 0.0}
    return row | {"event_id": number, "occurred_at": START + at, "action": action, "post_id": post}


def _nothing(_home: Path, columns: Any) -> Any:
    """A backfill that knows nothing."""
    return np.zeros((len(columns["post_id"]), len(FEATURES)), np.float32)


def _put(home: Path, name: str, rows: list[dict[str, Any]], *, table: str = "events") -> Path:
    """A file of rows in the folder of each day that they are of."""
    schema, time = (EVENTS, "occurred_at") if table == "events" else (POSTS, "created_at")
    for day in {day_of(row[time]) for row in rows}:
        folder = home / "lake" / table / f"day={day}"
        folder.mkdir(parents=True, exist_ok=True)
        own = [row for row in rows if day_of(row[time]) == day]
        pq.write_table(pa.Table.from_pylist(own, schema=schema), folder / name)
    return home


@pytest.mark.parametrize("seed", range(4))
def test_any_spread_of_events_over_files_is_read_like_one_table(tmp_path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    events = [
        _event(number, int(rng.integers(0, 3 * DAY)), str(rng.choice(ACTIONS)), int(rng.integers(9)))
        for number in rng.permutation(np.arange(1, 60)).tolist()
    ]
    for part in range(4):
        chosen = [event for event in events if rng.random() < 0.6 or part == 0]
        _put(tmp_path, f"part-{part}.parquet", chosen)
    start, end = sorted(rng.integers(0, 3 * DAY, 2).tolist())
    actions = ACTIONS[: int(rng.integers(0, 4))]
    table = read_table(
        tmp_path, "events", start=START + start, end=START + end,
        columns=("post_id", "action"), actions=actions,
    )  # fmt: skip
    expected = {
        event["event_id"]: (event["post_id"], event["action"])
        for event in events
        if START + start <= event["occurred_at"] < START + end and event["action"] in (actions or ACTIONS)
    }
    assert table.column_names == ["event_id", "post_id", "action"]
    found = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    assert list(found) == [(number, *expected[number]) for number in sorted(expected)]


def test_of_the_versions_of_a_post_the_last_counts_wherever_each_of_them_lies(tmp_path) -> None:
    def version(post: int, updated: int, author: int) -> dict[str, Any]:
        row = dict.fromkeys(POSTS.names, 0) | {"caption": "", "place": "", "media_type": "photo"}
        row |= {"hashtags": [], "mentions": [], "deleted": False, "created_at": START}
        return row | {"post_id": post, "updated_at": START + updated, "author_id": author}

    _put(tmp_path, "part-a.parquet", [version(1, 9, 19), version(2, 1, 21)], table="posts")
    _put(tmp_path, "part-b.parquet", [version(2, 5, 25), version(1, 3, 13)], table="posts")
    _put(tmp_path, "part-c.parquet", [version(2, 5, 26), version(3, 0, 30)], table="posts")
    rows = read_table(tmp_path, "posts", start=START, end=START + 1, columns=("author_id",))
    assert rows.to_pydict() == {"post_id": [1, 2, 3], "author_id": [19, 26, 30]}


def test_columns_and_codes_of_what_was_read_may_be_changed_and_of_nothing_are_nothing(tmp_path) -> None:
    _put(tmp_path, "part-0.parquet", [_event(1, HOUR), _event(2, 2 * HOUR, "hide")])
    for end, numbers, words in ((DAY, [1, 2], ["like", "hide"]), (1, [], []), (-DAY, [], [])):
        table = read_table(tmp_path, "events", start=START, end=START + end, columns=("action",))
        ids = column(table, "event_id")
        assert ids.tolist() == numbers
        ids[:] = 0
        assert (codes(table, "action")[0].tolist(), codes(table, "action")[1]) == (
            list(range(len(words))), words,
        )  # fmt: skip


def test_only_files_of_the_asked_days_are_opened(tmp_path) -> None:
    _put(tmp_path, "part-0.parquet", [_event(1, HOUR), _event(2, DAY + HOUR), _event(3, 2 * DAY + HOUR)])
    for day in (0, 2):
        folder = tmp_path / "lake/events" / f"day={day_of(START + day * DAY)}"
        (folder / "part-0.parquet").write_bytes(b"damaged")
    table = read_table(tmp_path, "events", start=START + DAY, end=START + 2 * DAY, columns=())
    assert column(table, "event_id").tolist() == [2]
    with pytest.raises(Corrupt, match=r"part-0\.parquet is damaged or cut off"):
        read_table(tmp_path, "events", start=START + DAY, end=START + 2 * DAY + 1, columns=())


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"not a table at all"], ids=repr)
def test_whatever_is_no_table_is_named_with_what_to_do(tmp_path, content: bytes) -> None:
    _put(tmp_path, "part-0.parquet", [_event(1, HOUR)])
    broken = tmp_path / "lake/events" / f"day={day_of(START)}" / "part-1.parquet"
    broken.write_bytes(content)
    with pytest.raises(Corrupt, match="loupe lake --rebuild") as refused:
        read_impressions(tmp_path, start=START, end=START + DAY)
    assert str(broken) in refused.value.message


@pytest.mark.parametrize("seed", range(4))
def test_who_follows_whom_is_what_a_diary_says(tmp_path, seed: int) -> None:
    rng, diary = np.random.default_rng(seed), []
    lake = Lake(tmp_path)
    for _ in range(50):
        action = str(rng.choice(["follow", "unfollow", "like", "mute"]))
        user, author, at = (int(n) for n in rng.integers((1, 1, 0), (4, 4, 40)))
        lake.event(action, user, 0, at, author_id=author)
        diary.append((at, action, user, author))
    users, authors, moments = (rng.integers(low, high, 80) for low, high in ((1, 5), (1, 5), (0, 45)))
    found = followed_at(lake.write(), users, authors, START + moments)
    for i in range(80):
        own = [
            (at, number, action) for number, (at, action, user, author) in enumerate(diary)
            if (user, author) == (users[i], authors[i]) and at <= moments[i] and action.endswith("follow")
        ]  # fmt: skip
        assert found[i] == (bool(own) and max(own)[2] == "follow")


def test_loading_tells_of_each_step_and_asks_for_no_backfill_when_all_was_logged(tmp_path) -> None:
    def refuse(*_: object) -> Any:
        pytest.fail("Every row was logged.")

    lake, told = Lake(tmp_path), []
    lake.decision(7, 1, [11], HOUR, features=np.ones((1, len(FEATURES))))
    load_examples(
        lake.write(), start=START, end=START + DAY, config=DatasetConfig(), backfill=refuse,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(("after", "counts"), [(0, True), (DAY - 1, True), (DAY, False), (-1, False)])
def test_an_action_counts_from_the_impression_on_until_its_window_is_over(
    tmp_path, after: int, counts: bool
) -> None:
    lake = Lake(tmp_path)
    lake.event("impression", 1, 11, 2 * DAY)
    lake.event("like", 1, 11, 2 * DAY + after)
    found = load_examples(
        lake.write(), start=START + 2 * DAY, end=START + 3 * DAY,
        backfill=_nothing,
    )  # fmt: skip
    assert found.outcomes["like"].tolist() == [counts]


@pytest.mark.parametrize(
    ("before", "collected"),
    [(0, 0), (1, 6), (7 * DAY, 6), (7 * DAY + 1, 0)],
    ids=["now", "a ms", "week", "more"],
)
def test_popularity_is_what_was_collected_in_the_week_before(tmp_path, before: int, collected: float) -> None:
    lake = Lake(tmp_path)
    lake.event("impression", 1, 11, 8 * DAY)
    lake.event("share", 2, 11, 8 * DAY - before)
    lake.event("hide", 3, 11, 8 * DAY - before)
    lake.event("dwell", 4, 11, 8 * DAY - before, value=60_000.0)
    found = load_examples(
        lake.write(), start=START + 8 * DAY, end=START + 9 * DAY,
        backfill=_nothing,
    )  # fmt: skip
    assert found.popularity.tolist() == [collected]
