"""Profile tags follow engagement, fade, and borrow from neighbours."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from feed_core.model.clock import DAY
from pipelines.spark import tags
from pipelines.spark.daily import refresh
from pipelines.spark.outputs import dated_folder, publish_tables
from pipelines.spark.tags import TagSettings
from tests.pipelines.spark.conftest import START, Rows, event

pytestmark = pytest.mark.spark
Fill = Callable[[Rows, Rows], None]
AS_OF = START + 8 * DAY
POSTS: Rows = [
    {"post_id": 1, "author_id": 90, "hashtags": ["sea", "sun"]},
    {"post_id": 2, "author_id": 90, "hashtags": ["snow"]},
    {"post_id": 3, "author_id": 91, "hashtags": ["sea"]},
    {"post_id": 4, "author_id": 91, "hashtags": []},
]
EVENTS: Rows = [
    event("like", 1, 1, 7.5),
    event("comment", 1, 3, 7.5),
    event("like", 2, 2, 0.5),
    event("like", 2, 3, 7.5),
    event("like", 3, 4, 7.5),
    event("like", 4, 2, 7.5),
    event("hide", 4, 2, 7.6),
]


def _profiles(folder: Path) -> dict[int, dict[str, float]]:
    rows = pq.read_table(folder / "user_tags.parquet").to_pylist()
    return {row["user_id"]: dict(zip(row["tags"], row["weights"], strict=True)) for row in rows}


@pytest.fixture
def profiles(spark: SparkSession, home: Path, fill: Fill) -> dict[int, dict[str, float]]:
    fill(EVENTS, POSTS)
    (folder,) = tags.run(spark, home, as_ofs=[AS_OF])
    return _profiles(folder)


def test_weights_add_up_to_one_best_first(profiles: dict[int, dict[str, float]]) -> None:
    for weights in profiles.values():
        assert sum(weights.values()) == pytest.approx(1, abs=1e-5)
        assert list(weights.values()) == sorted(weights.values(), reverse=True)


def test_stronger_and_newer_engagement_weighs_more(profiles: dict[int, dict[str, float]]) -> None:
    assert list(profiles[1]) == ["sea", "sun"]
    assert profiles[1]["sea"] > 0.7
    assert profiles[2]["sea"] > profiles[2]["snow"]


def test_no_tags_and_hidden_posts_make_no_profile(profiles: dict[int, dict[str, float]]) -> None:
    assert 3 not in profiles
    assert 4 not in profiles


def test_authors_have_the_tags_they_write(profiles: dict[int, dict[str, float]]) -> None:
    assert set(profiles[90]) == {"sea", "sun", "snow"}


def test_common_tags_say_less_than_rare_ones(spark: SparkSession, home: Path, fill: Fill) -> None:
    crowd = [event("like", user, 3, 7.5) for user in range(10, 40)]
    fill([*crowd, event("like", 1, 3, 7.5), event("like", 1, 2, 7.5)], POSTS)
    (folder,) = tags.run(spark, home, as_ofs=[AS_OF], settings=TagSettings(published=0))
    profile = _profiles(folder)[1]
    assert profile["snow"] > profile["sea"]


def test_neighbours_lend_their_tags(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill(EVENTS, POSTS)
    near = pa.table({"user_id": [1], "neighbour_ids": [[2, 77]], "scores": [[0.9, 0.8]]})
    publish_tables(dated_folder(home, "cf", AS_OF), {"neighbours": near})
    (folder,) = tags.run(spark, home, as_ofs=[AS_OF])
    mine = _profiles(folder)[1]
    assert 0 < mine["snow"] < mine["sun"] < mine["sea"]
    (alone,) = tags.run(spark, home, as_ofs=[AS_OF], settings=TagSettings(neighbours=0))
    assert "snow" not in _profiles(alone)[1]


def test_the_list_is_cut_and_still_adds_up_to_one(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill(EVENTS, POSTS)
    (folder,) = tags.run(spark, home, as_ofs=[AS_OF], settings=TagSettings(top=1))
    assert all(list(weights.values()) == [1.0] for weights in _profiles(folder).values())


def test_each_date_knows_only_what_came_before(spark: SparkSession, home: Path, fill: Fill) -> None:
    fill(EVENTS, POSTS)
    early, late = tags.run(spark, home, as_ofs=[AS_OF, START + DAY])
    assert early == dated_folder(home, "tags", START + DAY)
    assert set(_profiles(early)) == {2, 90, 91}
    assert set(_profiles(late)) == {1, 2, 90, 91}


def test_a_tag_that_is_added_later_is_unknown_before(spark: SparkSession, home: Path, fill: Fill) -> None:
    edited = {**POSTS[1], "hashtags": ["snow", "ski"], "updated_at": START + 6 * DAY}
    gone = {**POSTS[0], "deleted": True, "updated_at": START + 7 * DAY}
    fill([event("like", 2, 2, 0.5), event("like", 5, 1, 0.5)], [*POSTS, edited, gone])
    before, after = tags.run(spark, home, as_ofs=[START + 3 * DAY, AS_OF])
    assert set(_profiles(before)[2]) == {"snow"}
    assert set(_profiles(before)[5]) == {"sea", "sun"}
    assert set(_profiles(after)[2]) == {"snow", "ski"}
    assert 5 not in _profiles(after)


def test_the_daily_refresh_writes_what_the_two_jobs_write(
    spark: SparkSession, home: Path, fill: Fill
) -> None:
    fill(EVENTS, POSTS)
    tastes, profile, _ = refresh(spark, home, as_of=AS_OF)
    both = [pq.read_table(tastes / "candidates.parquet"), pq.read_table(profile / "user_tags.parquet")]
    from pipelines.spark import cf

    (tastes,), (profile,) = cf.run(spark, home, as_ofs=[AS_OF]), tags.run(spark, home, as_ofs=[AS_OF])
    again = [pq.read_table(tastes / "candidates.parquet"), pq.read_table(profile / "user_tags.parquet")]
    assert again == both
