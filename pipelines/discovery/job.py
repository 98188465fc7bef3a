"""Writes what people may discover as of some moments: ``home/spark/discovery/as_of=<ms>/``, each whole."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from feed_core.model.errors import InvalidInput
from pipelines.discovery.history import History, Ints, read_history
from pipelines.discovery.past import Floats
from pipelines.discovery.scores import Block, Scorer, scorer_at
from pipelines.spark.outputs import dated_folder, publish_tables

Progress = Callable[[int, int], None]
JOB = "discovery"


def run(
    home: Path,
    *,
    as_ofs: Sequence[int],
    people: Ints | None = None,
    history: History | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the tables of each date (ms), out of what the lake holds of the time before it.

    ``candidates`` (user_id, post_ids, scores; best first), ``pairs`` (user_id, post_id, what speaks for it),
    ``posts`` and ``people`` (what is known of each). ``people`` (n,) are ids; everybody when left out.
    Raises ``InvalidInput`` without a date, ``NotFound`` for a lake without engagements or a date without
    factors of the cf job.
    """
    if not as_ofs:
        raise InvalidInput("No date to compute for.", fix="Give at least one as_of.")
    known = history if history is not None else read_history(home)
    folders = []
    for done, as_of in enumerate(sorted(set(as_ofs))):
        scorer = scorer_at(home, known, as_of, seed=seed)
        folders.append(publish_tables(dated_folder(home, JOB, as_of), tables_of(scorer, people)))
        if progress is not None:
            progress(done + 1, len(as_ofs))
    return folders


def tables_of(scorer: Scorer, people: Ints | None = None) -> dict[str, pa.Table]:
    """The job's tables for ``people`` (n,), ids of the past, or for everybody."""
    past = scorer.past
    ids = past.people if people is None else np.intersect1d(people, past.people)
    places = np.searchsorted(past.people, ids)
    parts = [_block_tables(scorer, block) for block in scorer.blocks(places)]
    pairs, candidates = (pa.concat_tables(tables) for tables in zip(*parts, strict=True))
    return {
        "pairs": pairs,
        "candidates": candidates,
        "posts": pa.table({"post_id": past.posts, **scorer.posts}),
        "people": pa.table(
            {"user_id": ids, **{name: values[places] for name, values in scorer.people.items()}}
        ),
    }


def _block_tables(scorer: Scorer, block: Block) -> tuple[pa.Table, pa.Table]:
    row, post = np.nonzero(block.strength)
    users, posts = scorer.past.people[block.places], scorer.past.posts
    pairs = pa.table({"user_id": users[row], "post_id": posts[post], **block.pairs(row, post)})
    return pairs, _lists(users, posts, row, post, block.strength[row, post])


def _lists(users: Ints, posts: Ints, row: Ints, post: Ints, strength: Floats) -> pa.Table:
    """A list a person, the strongest candidate first; of equals the newer post."""
    order = np.lexsort((-posts[post], -strength, row))
    starts = np.searchsorted(row[order], np.arange(len(users) + 1)).astype(np.int32)
    return pa.table({
        "user_id": users,
        "post_ids": pa.ListArray.from_arrays(pa.array(starts), pa.array(posts[post][order])),
        "scores": pa.ListArray.from_arrays(pa.array(starts), pa.array(strength[order])),
    })  # fmt: skip
