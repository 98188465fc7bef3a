"""Profile tags: a person's weighted hashtags, from own engagement and from people of the same taste."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyspark.sql import SparkSession
from scipy.sparse import csr_array, diags_array

from feed_core.model.clock import DAY
from pipelines.spark.lake_frames import read_posts_at
from pipelines.spark.outputs import dated_folder, publish_tables
from pipelines.spark.pairs import PairHistory, pair_history

Progress = Callable[[int, int], None]
Ints = NDArray[np.int64]


class TagSettings(msgspec.Struct, frozen=True):
    """``neighbours`` is what neighbours' tags weigh beside one's own; ``published`` a tag of an own post."""

    half_life_days: float = 7.0
    neighbours: float = 0.3
    published: float = 1.0
    top: int = 50


def run(
    spark: SparkSession,
    home: Path,
    *,
    as_ofs: Sequence[int],
    settings: TagSettings = TagSettings(),
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``spark/tags/as_of=<ms>/user_tags`` for each date (ms); returns the folders.

    Columns user_id, tags (best first), weights (they add up to 1). A tag weighs what the faded engagement
    with its posts weighs, less the more people care for it. Neighbours are those of ``spark/cf`` at the
    same date, and none when that has not run. Raises as ``pairs.pair_history``.
    """
    history = pair_history(spark, home, as_ofs, settings.half_life_days)
    posts = read_posts_at(spark, home, history.as_ofs)
    return write_tags(home, history, posts, settings, progress)


def write_tags(
    home: Path,
    history: PairHistory,
    posts: Sequence[pa.Table],
    settings: TagSettings,
    progress: Progress | None = None,
) -> list[Path]:
    """``run`` for pairs, and posts as of each date, that are already read."""
    folders = []
    for at, (as_of, known) in enumerate(zip(history.as_ofs, posts, strict=True)):
        tags, tagged = _tagged(known)
        people = np.union1d(history.users, known["author_id"].to_numpy())
        own = _own(history, at, people, known, tagged, settings)
        own = _scaled(own @ diags_array(_rarity(own)))
        total = own + settings.neighbours * (_neighbours(home, as_of, people) @ own)
        table = _top(people, tags, csr_array(total), settings.top)
        folders.append(publish_tables(dated_folder(home, "tags", as_of), {"user_tags": table}))
        if progress:
            progress(at + 1, len(history.as_ofs))
    return folders


def _tagged(posts: pa.Table) -> tuple[NDArray[np.object_], csr_array]:
    """The tags, and (posts, tags): one where the post carries the tag."""
    lists = posts["hashtags"].combine_chunks()
    tags, columns = np.unique(
        lists.flatten().to_numpy(zero_copy_only=False).astype(object), return_inverse=True
    )
    starts = np.concatenate([[0], np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False))])
    return tags, csr_array((np.ones(len(columns)), columns, starts), shape=(posts.num_rows, len(tags)))


def _own(
    history: PairHistory, at: int, people: Ints, posts: pa.Table, tagged: csr_array, settings: TagSettings
) -> csr_array:
    """(people, tags): faded engagement with posts of the tag, and own posts with it."""
    ids, created, as_of = posts["post_id"].to_numpy(), posts["created_at"].to_numpy(), history.as_ofs[at]
    liked = history.liked(at).tocoo()
    known = np.isin(history.posts[liked.col], ids)
    person = np.searchsorted(people, history.users[liked.row[known]])
    post = np.searchsorted(ids, history.posts[liked.col[known]])
    author = np.searchsorted(people, posts["author_id"].to_numpy())
    fresh = settings.published * 2.0 ** ((created - as_of) / (settings.half_life_days * DAY))
    values = np.concatenate([liked.data[known], fresh])
    where = (np.concatenate([person, author]), np.concatenate([post, np.arange(len(ids))]))
    return csr_array(csr_array((values, where), shape=(len(people), len(ids))) @ tagged)


def _rarity(own: csr_array) -> NDArray[np.float64]:
    """Inverse document frequency of each tag: log(1 + people / people who care for it)."""
    fans = np.bincount(own.indices, minlength=own.shape[1])
    return np.asarray(np.log1p(own.shape[0] / np.maximum(fans, 1)))


def _scaled(rows: csr_array) -> csr_array:
    """Each row divided by its sum."""
    sums = np.asarray(rows.sum(axis=1)).ravel()
    return csr_array(diags_array(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)) @ rows)


def _neighbours(home: Path, as_of: int, people: Ints) -> csr_array:
    """(people, people): each row the similarities to the neighbours, adding up to 1."""
    shape, file = (len(people), len(people)), dated_folder(home, "cf", as_of) / "neighbours.parquet"
    if not file.exists():
        return csr_array(shape, dtype=np.float64)
    table = pq.read_table(file)
    lists = table["neighbour_ids"].combine_chunks()
    row = np.repeat(table["user_id"].to_numpy(), lists.value_lengths().to_numpy(zero_copy_only=False))
    column = lists.flatten().to_numpy()
    known = np.isin(row, people) & np.isin(column, people)
    where = (np.searchsorted(people, row[known]), np.searchsorted(people, column[known]))
    return _scaled(
        csr_array((table["scores"].combine_chunks().flatten().to_numpy()[known], where), shape=shape)
    )


def _top(people: Ints, tags: NDArray[np.object_], weights: csr_array, count: int) -> pa.Table:
    """The ``count`` heaviest tags of each person who has any, best first, adding up to 1."""
    entries = weights.tocoo()
    order = np.lexsort((entries.col, -entries.data, entries.row))
    row, column, value = entries.row[order], entries.col[order], entries.data[order]
    lengths = np.bincount(row, minlength=len(people))
    rank = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = (rank < count) & (value > 0)
    row, column, value = row[kept], column[kept], value[kept]
    value = value / np.bincount(row, weights=value, minlength=len(people))[row]
    lengths = np.bincount(row, minlength=len(people))
    present = np.flatnonzero(lengths)
    starts = pa.array(np.concatenate([[0], np.cumsum(lengths[present])]).astype(np.int32))
    return pa.table({
        "user_id": people[present],
        "tags": pa.ListArray.from_arrays(starts, pa.array(tags[column], pa.string())),
        "weights": pa.ListArray.from_arrays(starts, pa.array(value.astype(np.float32))),
    })  # fmt: skip
