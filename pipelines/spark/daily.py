"""The tastes and tags of one more day, from one reading of the lake: what a closed loop runs each night."""

from pathlib import Path
from typing import NamedTuple

import msgspec
from pyspark.sql import SparkSession

from pipelines.spark.cf import CfSettings, write_tastes
from pipelines.spark.lake_frames import read_posts_at
from pipelines.spark.pairs import PairHistory, later_history, pair_history
from pipelines.spark.tags import TagSettings, write_tags


class Night(NamedTuple):
    """What one night wrote, and the pairs it read, which the next night goes on from."""

    tastes: Path
    tags: Path
    history: PairHistory


def refresh(
    spark: SparkSession,
    home: Path,
    *,
    as_of: int,
    before: PairHistory | None = None,
    cf: CfSettings = CfSettings(),
    tags: TagSettings = TagSettings(),
) -> Night:
    """Write ``spark/cf`` and ``spark/tags`` at ``as_of`` (ms).

    The same as ``cf.run`` then ``tags.run`` at half the cost; the tags fade as fast as the tastes. With
    the ``history`` of an earlier night only what happened since then is read; an event that comes to
    the lake after the night of its day is then passed over.
    """
    history = pairs_until(spark, home, as_of=as_of, before=before, cf=cf)
    posts = read_posts_at(spark, home, [as_of])
    (tastes,) = write_tastes(spark, home, history, posts, cf)
    same_pace = msgspec.structs.replace(tags, half_life_days=cf.half_life_days)
    (profile,) = write_tags(home, history, posts, same_pace)
    return Night(tastes, profile, history)


def pairs_until(
    spark: SparkSession,
    home: Path,
    *,
    as_of: int,
    before: PairHistory | None = None,
    cf: CfSettings = CfSettings(),
) -> PairHistory:
    """The pairs as of ``as_of`` (ms), those of ``before`` and what the lake has got since."""
    since, summed = before.as_ofs[-1] if before else 0, cf.engine == "mllib"
    history = pair_history(spark, home, [as_of], cf.half_life_days, since=since, sum_first=summed)
    return later_history(before, history) if before else history
