"""The lake as Spark sees it: whole, committed files only, the newest version of each post."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as fn

from feed_core.model.errors import NotFound
from pipelines.lake.reading import table_files

EVENTS = """event_id long, occurred_at long, arrived_at long, user_id long, post_id long, author_id long,
    action string, surface string, position long, decision_id long, value double"""
POSTS = """post_id long, author_id long, caption string, hashtags array<string>, mentions array<long>,
    place string, media_type string, media_count int, created_at long, updated_at long, deleted boolean"""


def events_frame(
    spark: SparkSession, home: Path, *, end: int | None = None, actions: Sequence[str] | None = None
) -> DataFrame:
    """Events with ``occurred_at`` < ``end`` (ms) of the given actions; the columns of the lake.

    Raises ``NotFound`` when the lake holds no events, ``Corrupt`` naming a damaged file.
    """
    files = table_files(home, "events", end=end)
    if not files and not table_files(home, "events"):
        raise NotFound(f"The lake of {home} holds no events.", fix="Run `loupe lake` first.")
    events = spark.read.schema(EVENTS).parquet(*files) if files else spark.createDataFrame([], EVENTS)
    return events_of(events, end, actions)


def events_of(events: DataFrame, end: int | None, actions: Sequence[str] | None) -> DataFrame:
    """Those of ``events`` with ``occurred_at`` < ``end`` (ms) and one of ``actions``."""
    events = events.where(fn.col("occurred_at") < end) if end is not None else events
    return events.where(fn.col("action").isin(list(actions))) if actions is not None else events


def posts_frame(spark: SparkSession, home: Path, *, end: int | None = None) -> DataFrame:
    """The version of each post that was the newest before ``end`` (ms), deleted ones too.

    Columns post_id, author_id, hashtags, place, created_at, deleted.
    """
    return newest_posts(_versions(spark, home, end))


def newest_posts(versions: DataFrame) -> DataFrame:
    """The newest of the versions of each post, with the columns of ``posts_frame``."""
    fields = ("author_id", "hashtags", "place", "created_at", "deleted")
    # Deletion comes last in the order of versions of one millisecond.
    newest = fn.max_by(fn.struct(*fields), fn.struct("updated_at", "deleted")).alias("newest")
    return versions.groupBy("post_id").agg(newest).select("post_id", "newest.*")


def read_posts_at(spark: SparkSession, home: Path, dates: Sequence[int]) -> list[pa.Table]:
    """The undeleted posts as they were just before each of ``dates`` (ms, ascending), by ``post_id``.

    Columns post_id, author_id, hashtags, place, created_at. An edit after a date is not in its table.
    """
    fields = ("post_id", "updated_at", "deleted", "author_id", "hashtags", "place", "created_at")
    order = [(name, "ascending") for name in fields[:3]]
    versions = _versions(spark, home, dates[-1]).select(*fields).toArrow().sort_by(order)
    post_ids, updated = versions["post_id"].to_numpy(), versions["updated_at"].to_numpy()
    deleted = versions["deleted"].to_numpy()
    tables = []
    for date in dates:
        known = np.flatnonzero(updated < date)
        last = np.append(np.diff(post_ids[known]) != 0, True)[: len(known)]
        newest = known[last]
        tables.append(versions.take(newest[~deleted[newest]]).drop_columns(["updated_at", "deleted"]))
    return tables


def _versions(spark: SparkSession, home: Path, end: int | None) -> DataFrame:
    files = table_files(home, "posts", end=end)
    posts = spark.read.schema(POSTS).parquet(*files) if files else spark.createDataFrame([], POSTS)
    return versions_before(posts, end)


def versions_before(posts: DataFrame, end: int | None) -> DataFrame:
    """Every version of a post written before ``end`` (ms)."""
    return posts.where(fn.greatest("created_at", "updated_at") < end) if end is not None else posts
