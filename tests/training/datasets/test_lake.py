"""The lake's reader takes the asked time and actions, each key once, and names what is damaged."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from feed_core.model.clock import DAY, HOUR, day_of
from feed_core.model.errors import Corrupt, NotFound
from tests.training.lake import START, Lake
from training.datasets.follows import followed_at
from training.datasets.impressions import read_impressions, sampled
from training.datasets.lake import codes, column, read_table


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path)


def _ids(home, start, end, **more):
    table = read_table(home, "events", start=START + start, end=START + end, columns=("action",), **more)
    return column(table, "event_id").tolist()


def test_the_start_counts_and_the_end_does_not_also_across_days(lake) -> None:
    for at in (0, HOUR, DAY - 1, DAY, 2 * DAY):
        lake.event("like", 1, 1, at)
    home = lake.write()
    assert _ids(home, 0, 2 * DAY) == [1, 2, 3, 4]
    assert _ids(home, HOUR, DAY) == [2, 3]
    assert _ids(home, HOUR, DAY + 1) == [2, 3, 4]
    assert _ids(home, 5 * DAY, 6 * DAY) == []


def test_only_the_asked_actions_are_read(lake) -> None:
    for action in ("like", "hide", "share"):
        lake.event(action, 1, 1, HOUR)
    home = lake.write()
    assert _ids(home, 0, DAY, actions=("like", "share")) == [1, 3]
    table = read_table(home, "events", start=START, end=START + DAY, columns=("action",))
    numbers, words = codes(table, "action")
    assert [words[number] for number in numbers] == ["like", "hide", "share"]


def test_of_a_posts_versions_the_newest_counts(lake) -> None:
    lake.post(5)
    home = lake.write()
    file = next((home / "lake/posts").rglob("*.parquet"))
    rows = pq.read_table(file).to_pylist()
    edited = [row | {"author_id": 77, "updated_at": row["updated_at"] + 1} for row in rows]
    pq.write_table(
        pa.Table.from_pylist(edited, schema=pq.read_schema(file)), file.with_name("part-a.parquet")
    )
    table = read_table(home, "posts", start=START, end=START + DAY, columns=("author_id",))
    assert column(table, "author_id").tolist() == [77]


def test_files_in_the_making_are_passed_over(lake) -> None:
    lake.event("like", 1, 1, HOUR)
    home = lake.write()
    folder = home / "lake/events" / f"day={day_of(START)}"
    (folder / ".part-x.parquet.tmp").write_text("half")
    (folder / ".part-x.parquet").write_text("half")
    assert _ids(home, 0, DAY) == [1]


def test_no_lake_and_a_cut_off_file_are_told(lake, tmp_path) -> None:
    with pytest.raises(NotFound, match="loupe lake"):
        _ids(tmp_path / "none", 0, DAY)
    lake.event("like", 1, 1, HOUR)
    home = lake.write()
    file = next((home / "lake/events").rglob("*.parquet"))
    file.write_bytes(b"PAR1")
    with pytest.raises(Corrupt, match=str(file)):
        _ids(home, 0, DAY)


def test_follows_are_those_of_the_moment(lake) -> None:
    history = [("follow", 10), ("unfollow", 20), ("follow", 30)]
    for action, at in history:
        lake.event(action, 1, 0, at, author_id=9)
    lake.event("follow", 2, 0, 5, author_id=9)
    home = lake.write()
    moments = START + np.array([5, 10, 19, 20, 29, 30, 40])
    asked = np.ones(7, np.int64), np.full(7, 9), moments
    assert followed_at(home, *asked).tolist() == [False, True, True, False, False, True, True]
    assert not followed_at(home, np.full(7, 3), np.full(7, 9), moments).any()
    assert followed_at(home, *(np.zeros(0, np.int64),) * 3).tolist() == []


def test_nobody_follows_in_a_lake_without_follows(lake) -> None:
    lake.event("like", 1, 1, HOUR)
    one = np.ones(1, np.int64)
    assert followed_at(lake.write(), one, one, one + START).tolist() == [False]


def test_a_larger_sample_holds_the_smaller_one(lake) -> None:
    for number in range(1, 301):
        lake.decision(number, number % 20 + 1, [1, 2, 3], number * 60_000)
    shown = read_impressions(lake.write(), start=START, end=START + DAY)
    small, large = sampled(shown, 200, 3), sampled(shown, 500, 3)
    assert set(small.queries) < set(large.queries) < set(shown.queries)
    assert len(sampled(shown, 10_000, 3)) == len(shown) == 900
    assert np.all(np.diff(small.times) >= 0)
