"""Trends find planted bursts, by place, and are not fooled by a few people who push a hashtag."""

import json
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import InvalidInput
from pipelines.spark import trends
from tests.pipelines.spark.conftest import START, Rows, event, write_lake

pytestmark = pytest.mark.spark
Fill = Callable[[Rows, Rows], None]
Row = dict[str, object]


def nobody(user_ids: Collection[int]) -> set[int]:
    """No account is private or deleted."""
    return set()


def _rows(home: Path, window_ms: int, place: str = "") -> list[Row]:
    table = pq.read_table(home / "spark" / "trends" / "trends.parquet").to_pylist()
    return [row for row in table if row["window_ms"] == window_ms and row["place"] == place]


def _busy_days(days: int, seed: int = 3) -> tuple[list[Row], list[Row]]:
    """Twenty tags with a post each; every hour a few of 200 people like a few of the posts."""
    rng = np.random.default_rng(seed)
    places = ["Oslo", "Rome", ""]
    posts: list[Row] = [
        {"post_id": at + 1, "hashtags": [f"tag{at}"], "place": places[at % 3]} for at in range(20)
    ]
    events = []
    for hour in range(24, 24 * days):
        for tag in rng.integers(0, 20, 30):
            events.append(
                event("like", int(rng.integers(1, 201)), int(tag) + 1, hour / 24 + rng.random() / 24)
            )
    return events, posts


@pytest.fixture(scope="module")
def planted(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A burst of tag4 (Rome) on day 5 by many people, and of tag7 by a ring of four on day 6."""
    home = tmp_path_factory.mktemp("trends")
    events, posts = _busy_days(8)
    events += [event("share", user, 5, 5 + user / 4000) for user in range(1, 60)]
    events += [event("comment", 1 + at % 4, 8, 6 + at / 4000) for at in range(80)]
    write_lake(home, events, posts)
    trends.run(spark, home, closed=nobody, windows_ms=(HOUR, DAY))
    return home


def test_the_burst_is_the_strongest_hour_everywhere(planted: Path) -> None:
    strongest = max(_rows(planted, HOUR), key=lambda row: float(str(row["score"])))
    assert (strongest["tag"], strongest["window_start"]) == ("tag4", START + 5 * DAY)
    assert float(str(strongest["score"])) > 8


def test_the_burst_is_found_where_it_happened(planted: Path) -> None:
    peak = {
        place: max(_rows(planted, HOUR, place), key=lambda row: float(str(row["score"])))
        for place in ("Oslo", "Rome")
    }
    assert peak["Rome"]["tag"] == "tag4"
    assert float(str(peak["Oslo"]["score"])) < float(str(peak["Rome"]["score"])) / 2


def test_a_ring_counts_as_its_few_people(planted: Path) -> None:
    (pushed,) = [
        r for r in _rows(planted, HOUR) if r["tag"] == "tag7" and r["window_start"] == START + 6 * DAY
    ]
    assert int(str(pushed["events"])) >= 80
    assert int(str(pushed["users"])) <= 10
    assert float(str(pushed["score"])) < 5


def test_windows_count_distinct_people_and_all_events(spark: SparkSession, home: Path, fill: Fill) -> None:
    posts: list[Row] = [
        {
            "post_id": 1,
            "author_id": 9,
            "hashtags": ["sea", "sun"],
            "place": "Oslo",
            "created_at": START + HOUR,
        },
        {"post_id": 2, "author_id": 9, "hashtags": ["sea"], "deleted": True, "updated_at": START + DAY},
    ]
    liked = [event("like", 1, 1, 1.5 / 24), event("comment", 1, 1, 1.6 / 24), event("save", 2, 1, 2.5 / 24)]
    fill([*liked, event("like", 3, 2, 1.5 / 24), event("impression", 4, 1, 1.5 / 24)], posts)
    trends.run(spark, home, closed=nobody)
    for place in ("", "Oslo"):
        counts = {
            (row["tag"], (int(str(row["window_start"])) - START) // HOUR): (row["users"], row["events"])
            for row in _rows(home, HOUR, place)
        }
        assert counts == {("sea", 1): (2, 3), ("sea", 2): (1, 1), ("sun", 1): (2, 3), ("sun", 2): (1, 1)}
    assert {(row["tag"], row["users"], row["events"]) for row in _rows(home, DAY)} == {
        ("sea", 3, 4),
        ("sun", 3, 4),
    }


@given(posts=st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc"), st.booleans()), max_size=6),
       likes=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), max_size=12),
       hidden=st.sets(st.integers(1, 4)))  # fmt: skip
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_trends_are_those_of_a_world_without_the_closed_accounts(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory,
    posts: list[tuple[int, str, bool]], likes: list[tuple[int, int]], hidden: set[int],
) -> None:  # fmt: skip
    """Neither their posts nor what others did about them leave a trace."""
    rows: list[Row] = [
        {"post_id": at + 1, "author_id": author, "hashtags": [tag], "place": "Oslo" if placed else ""}
        for at, (author, tag, placed) in enumerate(posts)
    ]
    events = [event("like", user, which + 1, (at + 1) / 24) for at, (user, which) in enumerate(likes)]
    found = []
    for shown, closed in ((rows, hidden), ([r for r in rows if r["author_id"] not in hidden], set())):
        home = tmp_path_factory.mktemp("trends")
        write_lake(home, [event("impression", 1, 0, 0), *events], shown)
        trends.run(spark, home, closed=lambda ids, closed=closed: closed.intersection(ids))  # type: ignore[misc]
        table = pq.read_table(home / "spark" / "trends" / "trends.parquet")
        found.append((table.to_pylist(), (home / "spark" / "trends" / "trends.json").read_bytes()))
    assert found[0] == found[1]


def test_an_account_that_opens_or_closes_is_in_or_out_of_the_next_trends(
    spark: SparkSession, home: Path, fill: Fill
) -> None:
    fill([event("like", 1, 1, 0.5)], [{"post_id": 1, "author_id": 7, "hashtags": ["secret"]}])
    asked: list[int] = []

    def seven(user_ids: Collection[int]) -> set[int]:
        asked.extend(user_ids)
        return {7} & set(user_ids)

    for closed, tags in ((nobody, {"secret"}), (seven, set()), (nobody, {"secret"})):
        folder = trends.run(spark, home, closed=closed)
        assert {row["tag"] for row in pq.read_table(folder / "trends.parquet").to_pylist()} == tags
    assert asked == [7]


def test_as_of_leaves_out_what_came_later(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill([event("like", 1, 1, 0.5), event("like", 1, 1, 2.5)], [{"post_id": 1, "hashtags": ["sea"]}])
    trends.run(spark, home, closed=nobody, as_of=START + DAY, windows_ms=(DAY,))
    assert [row["events"] for row in _rows(home, DAY)] == [2]


def test_the_console_gets_the_strongest_tags_with_their_charts(planted: Path) -> None:
    view = json.loads((planted / "spark" / "trends" / "trends.json").read_text())
    assert view["window_ms"] == HOUR
    first = view["tags"][0]
    assert first["tag"] == "tag4"
    moments = [moment for moment, _ in first["series"]]
    assert moments == list(range(moments[0], moments[0] + len(moments) * HOUR, HOUR))
    assert dict(map(tuple, first["series"]))[START + 5 * DAY] == first["events"]


def test_a_lake_without_hashtags_has_no_trends(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill([event("like", 1, 1, 0.5)], [{"post_id": 1}])
    folder = trends.run(spark, home, closed=nobody)
    assert pq.read_table(folder / "trends.parquet").num_rows == 0
    assert json.loads((folder / "trends.json").read_text())["tags"] == []


def test_windows_that_are_no_windows_are_refused(spark: SparkSession, home: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be counted"):
        trends.run(spark, home, closed=nobody, windows_ms=(0,))
