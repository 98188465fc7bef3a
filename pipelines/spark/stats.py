"""Windowed counts of users, authors, posts and pairs over all of history, out of the feature definitions.

One plan per view: Spark deals the lake's files out, brings the events of a key together, and each bucket
of keys becomes one Parquet file of rows (``count_parts``, ``window_rows``). Window functions of Spark SQL
give the same rows at four times the cost.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import cloudpickle
from pyspark.sql import SparkSession

from features.definitions import SLICE_MS, WINDOWED, View
from feed_core.model.errors import NotFound
from pipelines.lake.atomic import replace_folder
from pipelines.lake.reading import table_files
from pipelines.spark import count_parts
from pipelines.spark import window_rows as windows
from pipelines.spark.count_parts import BLOCKS, ViewPlan, counting, dealing
from pipelines.spark.outputs import job_folder, scratch_beside
from pipelines.spark.window_rows import Counter

for _module in (windows, count_parts):
    cloudpickle.register_pickle_by_value(_module)  # type: ignore[no-untyped-call]

Progress = Callable[[int, int], None]
_FOR_EVER = 1 << 62


def run(
    spark: SparkSession,
    home: Path,
    *,
    as_of: int | None = None,
    views: Sequence[View] = WINDOWED,
    progress: Progress | None = None,
) -> Path:
    """Write ``spark/stats/<view>/*.parquet``, replacing what was there; returns ``spark/stats``.

    Columns: the view's join keys, ``event_timestamp`` (µs, UTC), one float32 per counter; a row at each
    slice where a counter of that key changes. ``as_of`` (ms) leaves out later events and later rows;
    without it the rows go on until every window has emptied. Raises ``NotFound`` when the lake holds no
    events, ``Corrupt`` naming a damaged file.
    """
    files, folder = table_files(home, "events"), job_folder(home, "stats")
    if not files:
        raise NotFound(f"The lake of {home} holds no events.", fix="Run `loupe lake` first.")
    for done, view in enumerate(views, 1):
        scratch = scratch_beside(folder / view.name)
        scratch.mkdir()
        _write_view(spark, files, _plan(view, as_of, spark.sparkContext.defaultParallelism, scratch))
        replace_folder(scratch, folder / view.name)
        if progress:
            progress(done, len(views))
    return folder


def _write_view(spark: SparkSession, files: Sequence[str], plan: ViewPlan) -> None:
    paths = spark.createDataFrame(pa.table({"path": list(files)})).repartition(plan.buckets)
    blocks = paths.mapInArrow(dealing(plan), BLOCKS)
    # By the number itself: by its hash, as in a group, buckets 0 and 1 would share a task of two.
    dealt = blocks.repartitionById(plan.buckets, "bucket")
    rows = dealt.mapInArrow(counting(plan), "rows long")
    if not sum(int(row.rows) for row in rows.collect()):
        pq.write_table(plan.schema.empty_table(), Path(plan.folder) / "part-00000.parquet")


def _plan(view: View, as_of: int | None, buckets: int, folder: Path) -> ViewPlan:
    actions = tuple(sorted({action for count in view.counts for action in count.actions}))
    counters = [
        Counter(tuple(map(actions.index, count.actions)), count.slices, count.measure == "value")
        for count in view.counts
    ]
    keys = [(key, pa.int64()) for key in view.join_keys]
    counts = [(count.name, pa.float32()) for count in view.counts]
    return ViewPlan(
        keys=view.join_keys,
        actions=actions,
        counters=tuple(counters),
        schema=pa.schema([*keys, ("event_timestamp", pa.timestamp("us", tz="UTC")), *counts]),
        slice_ms=SLICE_MS,
        end=_FOR_EVER if as_of is None else as_of,
        last=_FOR_EVER if as_of is None else as_of // SLICE_MS,
        buckets=buckets,
        folder=str(folder),
    )
