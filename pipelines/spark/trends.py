"""Trends: hashtags by time window and place, against their own baseline, from what everybody may see."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession

from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import InvalidInput
from feed_core.stores import KafkaTopics
from pipelines.lake.atomic import replace_folder
from pipelines.spark import tag_uses
from pipelines.spark.lake_frames import events_frame, posts_frame
from pipelines.spark.outputs import job_folder, scratch_beside
from pipelines.spark.public_posts import Closed, public_posts
from pipelines.spark.stream import streamed_events, streamed_posts, take_stream
from pipelines.spark.surprise import surprises
from pipelines.spark.tag_uses import USED_BY, count_windows, uses_frame

cloudpickle.register_pickle_by_value(tag_uses)  # type: ignore[no-untyped-call]

Progress = Callable[[int, int], None]
_CHART_TAGS, _CHART_POINTS = 50, 400


class TrendSettings(msgspec.Struct, frozen=True):
    """``look_back_days`` is the past a baseline is made of, at least ``fewest_windows`` windows of it.

    ``warm_up`` is the part of that past that must lie before a window, for it to have a score.
    """

    look_back_days: float = 7.0
    fewest_windows: int = 7
    warm_up: float = 1 / 7
    min_users: int = 5


def run(
    spark: SparkSession,
    home: Path,
    *,
    closed: Closed,
    log: KafkaTopics | None = None,
    as_of: int | None = None,
    windows_ms: Sequence[int] = (HOUR, DAY),
    settings: TrendSettings = TrendSettings(),
    progress: Progress | None = None,
) -> Path:
    """Write ``spark/trends/``: ``trends.parquet`` and, for the console, ``trends.json``; returns the folder.

    Posts of accounts that are private or deleted now, as ``closed`` says, do not count, nor does what others
    did about them: a public number must not tell of what only followers see.

    Events and posts are those of the lake; with ``log`` those of ``spark/stream/``, into which what is new in
    Kafka is taken first: ``spark`` must have been opened with ``kafka_settings``.

    Columns window_start (ms), window_ms, place ("" is everywhere), tag, users (distinct, so that one who
    pushes a tag counts once), events, baseline (expected users), score. The console's file holds the
    strongest tags everywhere over the first of ``windows_ms``. Raises ``NotFound`` without events,
    ``Unavailable`` when a stream fails.
    """
    if not windows_ms or min(windows_ms) <= 0:
        raise InvalidInput(
            f"Windows of {list(windows_ms)} ms cannot be counted.", fix="Give lengths above 0."
        )
    events, posts = _frames(spark, home, log, as_of)
    counts = count_windows(uses_frame(events, public_posts(spark, posts, closed)), windows_ms)
    scored = pa.concat_tables([_scored(counts, length, settings) for length in windows_ms])
    target = job_folder(home, "trends")
    scratch = scratch_beside(target)
    scratch.mkdir()
    pq.write_table(scored, scratch / "trends.parquet", compression="zstd")
    (scratch / "trends.json").write_bytes(msgspec.json.encode(strongest(scored, windows_ms[0])))
    replace_folder(scratch, target)
    if progress:
        progress(1, 1)
    return target


def _frames(
    spark: SparkSession, home: Path, log: KafkaTopics | None, end: int | None
) -> tuple[DataFrame, DataFrame]:
    """Events that use hashtags, all of them from the topic engagement, and posts; before ``end`` (ms)."""
    if log is None:
        return events_frame(spark, home, end=end, actions=USED_BY), posts_frame(spark, home, end=end)
    # Posts come last, so that an event's post is there with it.
    take_stream(spark, log, "engagement", home)
    take_stream(spark, log, "posts", home)
    return streamed_events(spark, home, end=end, actions=USED_BY), streamed_posts(spark, home, end=end)


def _scored(counts: pa.Table, window_ms: int, settings: TrendSettings) -> pa.Table:
    """The rows of one window length with baseline and score, by place, tag and time."""
    rows = counts.filter(pc.field("window_ms") == window_ms)
    rows = rows.sort_by([("place", "ascending"), ("tag", "ascending"), ("window_start", "ascending")])
    place, tag = (_codes(rows[name]) for name in ("place", "tag"))
    windows, users = rows["window_start"].to_numpy() // window_ms, rows["users"].to_numpy()
    look_back = max(settings.fewest_windows, round(settings.look_back_days * DAY / window_ms))
    warm_up = round(settings.warm_up * look_back)
    score_of = partial(surprises, look_back=look_back, warm_up=warm_up, min_users=settings.min_users)
    found = [score_of(tag[here], windows[here], users[here]) for here in _runs(place)]
    baseline = np.concatenate([part.baseline for part in found]) if found else np.zeros(0)
    score = np.concatenate([part.score for part in found]) if found else np.zeros(0)
    return rows.append_column("baseline", pa.array(baseline)).append_column("score", pa.array(score))


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Sorted text as ascending numbers."""
    codes = column.combine_chunks().dictionary_encode().indices.to_numpy()
    return np.asarray(codes, dtype=np.int64)


def _runs(codes: NDArray[np.int64]) -> list[slice]:
    edges = np.flatnonzero(np.diff(codes, prepend=-1, append=-1))
    return [slice(start, stop) for start, stop in pairwise(edges)]


class ChartedTag(msgspec.Struct, frozen=True):
    """A hashtag in its strongest window, and its events over time as (ms since 1970 UTC, events)."""

    tag: str
    score: float
    users: int
    events: int
    series: list[tuple[int, int]]


class Strongest(msgspec.Struct, frozen=True):
    """What the console shows: the strongest hashtags everywhere, strongest first."""

    window_ms: int
    tags: list[ChartedTag]


def strongest(scored: pa.Table, window_ms: int) -> Strongest:
    """The tags with the highest score in any window of ``window_ms``, each with its chart."""
    rows = scored.filter((pc.field("window_ms") == window_ms) & (pc.field("place") == "")).to_pandas()
    if rows.empty:
        return Strongest(window_ms, [])
    peaks = rows.sort_values(["score", "users"], ascending=False).drop_duplicates("tag").head(_CHART_TAGS)
    begin, end = int(rows["window_start"].min()), int(rows["window_start"].max())
    # Years of hours are drawn in coarser steps.
    step = window_ms * -(-((end - begin) // window_ms + 1) // _CHART_POINTS)
    starts = range(begin, end + 1, step)
    charted = []
    for peak in peaks.itertuples():
        mine = rows[rows["tag"] == peak.tag]
        steps = (mine["window_start"] - begin) // step
        drawn = np.bincount(steps, weights=mine["events"], minlength=len(starts)).astype(int)
        points = list(zip(starts, drawn.tolist(), strict=True))
        charted.append(ChartedTag(peak.tag, round(peak.score, 3), int(peak.users), int(peak.events), points))
    return Strongest(window_ms, charted)
