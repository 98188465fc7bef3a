"""Collaborative filtering: tastes out of engagement, as factors, candidates and neighbours per date."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyspark.sql import SparkSession
from scipy.sparse import csr_array

from feed_core.model.clock import DAY
from pipelines.spark.factorise import ENGINES, Engine, Factors, FactorSettings
from pipelines.spark.lake_frames import read_posts_at
from pipelines.spark.nearest import Best, best_partners, nearest_rows
from pipelines.spark.outputs import as_ofs_of, dated_folder, publish_tables
from pipelines.spark.pairs import PairHistory, pair_history

Progress = Callable[[int, int], None]
Ints = NDArray[np.int64]


class CfSettings(msgspec.Struct, frozen=True):
    """``half_life_days`` is how fast engagement fades, ``max_age_days`` the age of a candidate (0: any).

    ``bar_seen`` leaves out candidates that were only seen, too, not just those reacted to.
    """

    engine: Engine = "implicit"
    half_life_days: float = 7.0
    candidates: int = 300
    neighbours: int = 50
    max_age_days: float = 7.0
    bar_seen: bool = True
    factors: FactorSettings = FactorSettings()


def run(
    spark: SparkSession,
    home: Path,
    *,
    as_ofs: Sequence[int],
    settings: CfSettings = CfSettings(),
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``spark/cf/as_of=<ms>/`` for each date (ms), out of events before it; returns the folders.

    ``user_factors`` (user_id, factor), ``post_factors`` (post_id, factor), ``candidates`` (user_id,
    post_ids, scores; best first) and ``neighbours`` (user_id, neighbour_ids, scores by cosine). A date
    starts from the factors of the one before it, so that they change little. Raises ``InvalidInput``
    without a date, ``NotFound`` when the lake holds no events.
    """
    sum_first = settings.engine == "mllib"
    history = pair_history(spark, home, as_ofs, settings.half_life_days, sum_first=sum_first)
    posts = read_posts_at(spark, home, history.as_ofs)
    return write_tastes(spark, home, history, posts, settings, progress)


def write_tastes(
    spark: SparkSession,
    home: Path,
    history: PairHistory,
    posts: Sequence[pa.Table],
    settings: CfSettings,
    progress: Progress | None = None,
) -> list[Path]:
    """``run`` for pairs, and posts as of each date, that are already read."""
    factors = _factors_before(home, history)
    folders = []
    for at, as_of in enumerate(history.as_ofs):
        factors = ENGINES[settings.engine](spark, history.liked(at), settings.factors, factors)
        tables = _tables(history, at, factors, posts[at], settings)
        folders.append(publish_tables(dated_folder(home, "cf", as_of), tables))
        if progress:
            progress(at + 1, len(history.as_ofs))
    return folders


def _tables(
    history: PairHistory, at: int, factors: Factors, published: pa.Table, settings: CfSettings
) -> dict[str, pa.Table]:
    user_ids, users = _informed(history.users, factors.users)
    post_ids, posts = _informed(history.posts, factors.posts)
    known = np.searchsorted(history.users, user_ids)
    open_posts = _open_posts(history, at, published, post_ids, settings.max_age_days)
    chosen = np.searchsorted(history.posts, post_ids[open_posts])
    barred = history.met(at, engaged_only=not settings.bar_seen)[known][:, chosen]
    barred = barred + _own(user_ids, post_ids[open_posts], published)
    candidates = best_partners(users, posts[open_posts], settings.candidates, csr_array(barred))
    neighbours = nearest_rows(users, settings.neighbours)
    return {
        "user_factors": _factor_table("user_id", user_ids, users),
        "post_factors": _factor_table("post_id", post_ids, posts),
        "candidates": _best_table(user_ids, "post_ids", post_ids[open_posts], candidates),
        "neighbours": _best_table(user_ids, "neighbour_ids", user_ids, neighbours),
    }


def _informed(ids: Ints, factors: NDArray[np.float32]) -> tuple[Ints, NDArray[np.float32]]:
    rows = np.flatnonzero(factors.any(axis=1))
    return ids[rows], factors[rows]


def _open_posts(
    history: PairHistory, at: int, published: pa.Table, post_ids: Ints, max_age_days: float
) -> Ints:
    """Which of ``post_ids`` may be shown: not deleted and young enough."""
    as_of = history.as_ofs[at]
    created = published["created_at"].to_numpy()
    oldest = as_of - max_age_days * DAY if max_age_days else 0
    young = published["post_id"].to_numpy()[(created >= oldest) & (created < as_of)]
    return np.flatnonzero(np.isin(post_ids, young))


def _own(user_ids: Ints, post_ids: Ints, published: pa.Table) -> csr_array:
    """(users, posts): one where the person wrote the post."""
    authors = published["author_id"].to_numpy()[np.searchsorted(published["post_id"].to_numpy(), post_ids)]
    row = np.searchsorted(user_ids, authors)
    mine = np.flatnonzero(np.isin(authors, user_ids))
    return csr_array((np.ones(len(mine)), (row[mine], mine)), shape=(len(user_ids), len(post_ids)))


def _factor_table(key: str, ids: Ints, factors: NDArray[np.float32]) -> pa.Table:
    size = factors.shape[1]
    offsets = pa.array(np.arange(len(ids) + 1, dtype=np.int32) * np.int32(size))
    return pa.table({key: ids, "factor": pa.ListArray.from_arrays(offsets, pa.array(factors.ravel()))})


def _best_table(ids: Ints, partners: str, partner_ids: Ints, best: Best) -> pa.Table:
    starts = pa.array(best.starts.astype(np.int32))
    return pa.table({
        "user_id": ids,
        partners: pa.ListArray.from_arrays(starts, pa.array(partner_ids[best.columns])),
        "scores": pa.ListArray.from_arrays(starts, pa.array(best.scores)),
    })  # fmt: skip


def _factors_before(home: Path, history: PairHistory) -> Factors | None:
    """The newest factors of an earlier date, in the rows of ``history``; None when there are none."""
    earlier = [date for date in as_ofs_of(home, "cf") if date < history.as_ofs[0]]
    if not earlier:
        return None
    folder = dated_folder(home, "cf", earlier[-1])
    return Factors(
        _aligned(pq.read_table(folder / "user_factors.parquet"), history.users),
        _aligned(pq.read_table(folder / "post_factors.parquet"), history.posts),
    )


def _aligned(table: pa.Table, ids: Ints) -> NDArray[np.float32]:
    known = table[0].to_numpy()
    factors = table["factor"].combine_chunks().flatten().to_numpy().reshape(len(known), -1)
    rows = np.zeros((len(ids), factors.shape[1]), dtype=np.float32)
    kept, mine, theirs = np.intersect1d(ids, known, assume_unique=True, return_indices=True)
    rows[mine] = factors[theirs] if len(kept) else 0
    return rows
