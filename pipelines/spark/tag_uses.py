"""Who used which hashtag when and where, as counts of distinct people per window."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as fn

USED_BY = ("like", "comment", "share", "save")
"""Engagement that counts as using the hashtags of the post; publishing it counts as well."""
COLUMNS = "window_start long, window_ms long, place string, tag string, users long, events long"

Batches = Iterator[pa.RecordBatch]
Ints = NDArray[np.int64]


def uses_frame(events: DataFrame, shown: DataFrame) -> DataFrame:
    """(tag, place, user_id, at): one row per hashtag of each publication of or engagement with ``shown``."""
    engaged = events.where(fn.col("action").isin(list(USED_BY))).select(
        "post_id", "user_id", fn.col("occurred_at").alias("at")
    )
    uses = engaged.join(shown.select("post_id", "hashtags", "place"), "post_id").select(
        fn.explode("hashtags").alias("tag"), "place", "user_id", "at"
    )
    published = shown.select(
        fn.explode("hashtags").alias("tag"),
        "place",
        fn.col("author_id").alias("user_id"),
        fn.col("created_at").alias("at"),
    )
    return uses.unionByName(published)


def count_windows(uses: DataFrame, windows_ms: Sequence[int]) -> pa.Table:
    """Distinct users and events per (window, place, tag); place "" is everywhere. Columns ``COLUMNS``."""
    lengths = tuple(windows_ms)
    counted = uses.repartition("tag").mapInArrow(_of_partition(lengths), COLUMNS)
    return counted.toArrow()


def _of_partition(windows_ms: Sequence[int]) -> Callable[[Batches], Batches]:
    def count(batches: Batches) -> Batches:
        held = list(batches)
        if not held:
            return
        uses = pa.Table.from_batches(held).unify_dictionaries()
        tags, places = (uses[name].combine_chunks().dictionary_encode() for name in ("tag", "place"))
        tag, place = (column.indices.to_numpy().astype(np.int64) for column in (tags, places))
        names = [*places.dictionary.to_pylist(), ""]
        user, at = uses["user_id"].to_numpy(), uses["at"].to_numpy()
        placed = np.flatnonzero(np.array([name != "" for name in names])[place])
        tag, user, at = (np.concatenate([column, column[placed]]) for column in (tag, user, at))
        place = np.concatenate([np.full(len(uses), len(names) - 1), place[placed]])
        for length in windows_ms:
            start, where, what, users, events = _counted(at - at % length, place, tag, user)
            columns = [start, np.full(len(start), length), pa.array(names).take(where)]
            columns += [tags.dictionary.take(what), users, events]
            yield pa.table([pa.array(column) for column in columns], _NAMES).to_batches()[0]

    return count


def _counted(start: Ints, place: Ints, tag: Ints, user: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    order = np.lexsort((user, start, place, tag))
    columns = [column[order] for column in (start, place, tag, user)]
    differs = [np.concatenate([[True], column[1:] != column[:-1]]) for column in columns]
    new_row = differs[0] | differs[1] | differs[2]
    firsts = np.flatnonzero(new_row)
    users = np.add.reduceat(new_row | differs[3], firsts, dtype=np.int64)
    events = np.diff(np.append(firsts, len(order)))
    return columns[0][firsts], columns[1][firsts], columns[2][firsts], users, events


_NAMES = [column.split()[0] for column in COLUMNS.split(", ")]
