"""Who engaged with what, by date: one Spark aggregation, then arrays from which every date is cut."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import SparkSession
from pyspark.sql import functions as fn
from scipy.sparse import csr_array

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.spark.engagement import bucket, decay, fade, signal
from pipelines.spark.lake_frames import events_frame

Ints = NDArray[np.int64]
WEAKEST = 0.01
"""A pair whose faded weight is below this says nothing any more."""


class PairHistory(NamedTuple):
    """Pairs of all dates. ``users``, ``posts`` are sorted ids; the arrays are (n,), in no order.

    ``user``, ``post`` index the ids; ``bucket`` is the first date after the event; ``weight`` its signed
    weight, faded up to that date. A weight of 0 is a pair that met without a sign of taste.
    """

    as_ofs: tuple[int, ...]
    half_life_ms: int
    users: Ints
    posts: Ints
    user: Ints
    post: Ints
    bucket: Ints
    weight: NDArray[np.float64]

    def liked(self, at: int) -> csr_array:
        """(users, posts) float32: the positive faded weights known before ``as_ofs[at]``.

        A pair that was hidden, reported or taken back, so that nothing positive is left, is not in it.
        """
        faded = np.array(fade(self.as_ofs, self.half_life_ms, at))
        known = np.flatnonzero((self.bucket <= at) & (self.weight != 0))
        weights = self.weight[known] * faded[self.bucket[known]]
        matrix = self._matrix(known, weights)
        matrix.data[matrix.data < WEAKEST] = 0
        matrix.eliminate_zeros()
        return matrix.astype(np.float32)

    def met(self, at: int, *, engaged_only: bool) -> csr_array:
        """(users, posts): non-zero where the person saw the post before ``as_ofs[at]``, or reacted to it."""
        known = (self.bucket <= at) & ((self.weight != 0) if engaged_only else True)
        rows = np.flatnonzero(known)
        return self._matrix(rows, np.ones(len(rows)))

    def _matrix(self, rows: Ints, values: NDArray[np.float64]) -> csr_array:
        shape = (len(self.users), len(self.posts))
        matrix = csr_array((values, (self.user[rows], self.post[rows])), shape=shape)
        matrix.sum_duplicates()
        return matrix


def pair_history(
    spark: SparkSession,
    home: Path,
    as_ofs: Sequence[int],
    half_life_days: float,
    *,
    since: int = 0,
    sum_first: bool = False,
) -> PairHistory:
    """The pairs of all events from ``since`` (ms) on, before the last of ``as_ofs`` (ms).

    ``sum_first`` adds up a pair's events on the executors: less to carry from a cluster, but on one
    machine twice the work of adding them up here. Raises ``InvalidInput`` without a date, ``NotFound``
    when the lake holds no events.
    """
    dates, half_life = sorted(set(as_ofs)), round(half_life_days * DAY)
    if not dates:
        raise InvalidInput("No date to compute for.", fix="Give at least one as_of.")
    if half_life <= 0:
        raise InvalidInput(f"A half-life of {half_life_days} days is not positive.", fix="Give more than 0.")
    rows = (
        events_frame(spark, home, end=dates[-1])
        .where((fn.col("occurred_at") >= since) & (fn.col("user_id") > 0) & (fn.col("post_id") > 0))
        .select(
            "user_id",
            "post_id",
            bucket(dates).alias("bucket"),
            (signal() * decay(dates, half_life)).alias("weight"),
        )
    )
    if sum_first:
        rows = rows.groupBy("user_id", "post_id", "bucket").agg(fn.sum("weight").alias("weight"))
    pairs = rows.toArrow()
    users, user = np.unique(pairs["user_id"].to_numpy(), return_inverse=True)
    posts, post = np.unique(pairs["post_id"].to_numpy(), return_inverse=True)
    buckets, weights = pairs["bucket"].to_numpy(), pairs["weight"].to_numpy()
    return PairHistory(tuple(dates), half_life, users, posts, user, post, buckets, weights)


def later_history(before: PairHistory, new: PairHistory) -> PairHistory:
    """``before``, faded up to the one date of ``new``, and ``new``: the pairs of both at that date.

    ``new`` holds the events from the last date of ``before`` on. Weights are equal to those of one
    reading of all events but for rounding.
    """
    at = len(before.as_ofs) - 1
    known = np.flatnonzero(before.bucket <= at)
    to_end = np.array(fade(before.as_ofs, before.half_life_ms, at))[before.bucket[known]]
    since = 2.0 ** -((new.as_ofs[0] - before.as_ofs[at]) / before.half_life_ms)
    users, posts = np.union1d(before.users, new.users), np.union1d(before.posts, new.posts)
    user = (before.users[before.user[known]], new.users[new.user])
    post = (before.posts[before.post[known]], new.posts[new.post])
    weights = np.concatenate([before.weight[known] * to_end * since, new.weight])
    bucket = np.zeros(len(weights), np.int64)
    row, column = np.concatenate(user), np.concatenate(post)
    return PairHistory(
        new.as_ofs, new.half_life_ms, users, posts, np.searchsorted(users, row),
        np.searchsorted(posts, column), bucket, weights,
    )  # fmt: skip
