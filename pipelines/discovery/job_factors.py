"""The collaborative filtering job's factors as of a moment, in the order of a past's people and posts."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from feed_core.model.errors import NotFound
from pipelines.discovery.collaborative import Factors
from pipelines.discovery.history import Ints
from pipelines.discovery.past import Floats, Past
from pipelines.spark.outputs import dated_folder


def job_factors(home: Path, past: Past) -> Factors:
    """Factors of ``past.people`` and ``past.posts`` as of ``past.cut``; NaN rows for whom the job has none.

    Raises ``NotFound`` when the job has not run for that moment.
    """
    folder = dated_folder(home, "cf", past.cut)
    if not folder.is_dir():
        raise NotFound(
            f"There are no factors at {folder}.", fix="Run loupe spark cf for the same moment first."
        )
    people, posts = (pq.read_table(folder / f"{name}_factors.parquet") for name in ("user", "post"))
    return Factors(_in_order(people, past.people), _in_order(posts, past.posts))


def _in_order(table: pa.Table, ids: Ints) -> Floats:
    known = table[0].to_numpy()
    flat = table["factor"].combine_chunks().flatten().to_numpy()
    rows = np.full((len(ids), len(flat) // max(1, len(known))), np.nan, np.float32)
    _, mine, theirs = np.intersect1d(ids, known, assume_unique=True, return_indices=True)
    rows[mine] = flat.reshape(len(known), -1)[theirs]
    return rows
