"""The tastes and tags of one more day, from one reading of the lake: what a closed loop runs each night."""

from pathlib import Path

import msgspec
from pyspark.sql import SparkSession

from pipelines.spark.cf import CfSettings, write_tastes
from pipelines.spark.lake_frames import read_posts_at
from pipelines.spark.pairs import pair_history
from pipelines.spark.tags import TagSettings, write_tags


def refresh(
    spark: SparkSession,
    home: Path,
    *,
    as_of: int,
    cf: CfSettings = CfSettings(),
    tags: TagSettings = TagSettings(),
) -> tuple[Path, Path]:
    """Write ``spark/cf`` and ``spark/tags`` at ``as_of`` (ms); returns both folders.

    The same as ``cf.run`` then ``tags.run`` at half the cost; the tags fade as fast as the tastes.
    """
    history = pair_history(spark, home, [as_of], cf.half_life_days, sum_first=cf.engine == "mllib")
    posts = read_posts_at(spark, home, [as_of])
    (tastes,) = write_tastes(spark, home, history, posts, cf)
    same_pace = msgspec.structs.replace(tags, half_life_days=cf.half_life_days)
    (profile,) = write_tags(home, history, posts, same_pace)
    return tastes, profile
