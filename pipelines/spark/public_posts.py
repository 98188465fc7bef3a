"""Posts that everybody may see: what a public number may be made of."""

from collections.abc import Callable, Collection

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as fn

Closed = Callable[[Collection[int]], set[int]]
"""Of these accounts those that are private or deleted now, such as ``Accounts.closed_among``."""
_AT_ONCE = 10_000


def public_posts(spark: SparkSession, posts: DataFrame, closed: Closed) -> DataFrame:
    """The undeleted ``posts`` with hashtags (columns author_id, hashtags, deleted, ...) of open accounts."""
    tagged = posts.where("NOT deleted AND size(hashtags) > 0")
    authors = tagged.select("author_id").distinct().toArrow()["author_id"].to_pylist()
    hidden = [
        id_ for start in range(0, len(authors), _AT_ONCE) for id_ in closed(authors[start : start + _AT_ONCE])
    ]
    if not hidden:
        return tagged
    ids = spark.createDataFrame(pa.table({"author_id": pa.array(hidden, pa.int64())}))
    return tagged.join(fn.broadcast(ids), "author_id", "left_anti")
