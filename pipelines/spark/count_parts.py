"""What runs on the executors to count one view: read lake files, deal events out by key, write rows.

Events travel between executors as blocks of whole numbers, one per file and bucket, so that Spark never
touches a single row. Executors need NumPy, PyArrow and the lake's folder, not this package.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.spark.window_rows import Counter, window_rows

Batches = Iterator[pa.RecordBatch]
BLOCKS = "bucket int, block binary"
_SCHEMA = pa.schema({"bucket": pa.int32(), "block": pa.binary()})


class ViewPlan(NamedTuple):
    """A view as plain values: code i is ``actions[i]``; events < ``end`` (ms), rows up to slice ``last``."""

    keys: tuple[str, ...]
    actions: tuple[str, ...]
    counters: tuple[Counter, ...]
    schema: Any
    slice_ms: int
    end: int
    last: int
    buckets: int
    folder: str


def dealing(plan: ViewPlan) -> Callable[[Batches], Batches]:
    """For ``mapInArrow``: paths of lake files in, a block of events per file and bucket out."""

    def deal(batches: Batches) -> Batches:
        numbers = pa.array(range(plan.buckets), pa.int32())
        for path in (path for batch in batches for path in batch["path"].to_pylist()):
            rows = _rows_of(path, plan)
            bucket = _bucket_of(list(rows[: len(plan.keys)]), plan.buckets)
            order = np.argsort(bucket, kind="stable")
            edges = np.searchsorted(bucket[order], np.arange(plan.buckets + 1))
            blocks = [rows[:, order[start:stop]].tobytes() for start, stop in pairwise(edges)]
            yield pa.record_batch([numbers, pa.array(blocks, pa.binary())], schema=_SCHEMA)

    return deal


def counting(plan: ViewPlan) -> Callable[[Batches], Batches]:
    """For ``mapInArrow``: all blocks of one bucket in, one Parquet file of rows written."""
    height = len(plan.keys) + 3

    def count(batches: Batches) -> Batches:
        blocks = pa.Table.from_batches(batches, _SCHEMA)
        if not blocks.num_rows:
            return
        parts = [np.frombuffer(block, np.int64).reshape(height, -1) for block in blocks["block"].to_pylist()]
        *keys, slices, codes, amounts = np.concatenate(parts, axis=1)
        found = window_rows(keys, slices, codes, amounts, plan.counters)
        kept = np.flatnonzero(found.slices <= plan.last)
        moments = found.slices[kept] * (plan.slice_ms * 1000)
        columns = [*(key[kept] for key in found.keys), moments, *np.ascontiguousarray(found.values[kept].T)]
        rows = [pa.array(column, field.type) for column, field in zip(columns, plan.schema, strict=True)]
        _write(pa.table(rows, schema=plan.schema), Path(plan.folder), blocks["bucket"][0].as_py())
        yield pa.record_batch([pa.array([len(kept)])], ["rows"])

    return count


def _rows_of(path: str, plan: ViewPlan) -> NDArray[np.int64]:
    """(keys + 3, n): the keys, slice, action code and amount of each event that counts."""
    wanted = pc.field("action").isin(plan.actions) & (pc.field("occurred_at") < plan.end)
    for key in plan.keys:
        wanted = wanted & (pc.field(key) > 0)
    events = pq.read_table(path, columns=[*plan.keys, "occurred_at", "action", "value"], filters=wanted)
    rows = np.empty((len(plan.keys) + 3, events.num_rows), dtype=np.int64)
    for at, key in enumerate(plan.keys):
        rows[at] = events[key].to_numpy()
    rows[-3] = events["occurred_at"].to_numpy() // plan.slice_ms
    rows[-2] = pc.index_in(events["action"], pa.array(plan.actions)).to_numpy()
    rows[-1] = np.floor(events["value"].to_numpy())
    return rows


def _bucket_of(keys: Sequence[NDArray[np.int64]], buckets: int) -> NDArray[np.int64]:
    """Which bucket an event's key belongs to: multiplicative hashing, since ids differ in few bits."""
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for key in keys:
        mixed = (mixed ^ key.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(33)).astype(np.int64) % buckets


def _write(rows: pa.Table, folder: Path, bucket: int) -> None:
    path = folder / f"part-{bucket:05d}.parquet"
    # A name of its own, then a rename: a task that runs twice leaves one file.
    attempt = folder / f".{path.name}.{np.random.default_rng().integers(1 << 62)}"
    pq.write_table(rows, attempt, compression="zstd")
    attempt.replace(path)
