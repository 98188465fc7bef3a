"""Writes what the Spark jobs would: offline rows of the windowed views, and dated factors and tags."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.definitions import FACTOR_SIZE, VIEW_BY_NAME, View
from features.feast_store.repository import apply
from features.offline.publish import publish
from features.offline.schema import EVENT_TIMESTAMP, schema_of
from tests.training.lake import START


def write_counts(home: Path, view: str, rows: Sequence[dict[str, int]]) -> None:
    """Rows of a windowed view: join keys, ``at`` in ms after ``START``, and counters (others are 0)."""
    definition: View = VIEW_BY_NAME[view]
    full = [
        {name: float(row.get(name, 0)) for name in definition.columns}
        | {key: row[key] for key in definition.join_keys}
        | {EVENT_TIMESTAMP: (START + row["at"]) * 1_000}
        for row in rows
    ]
    folder = home / "spark/stats" / view
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(full, schema=schema_of(definition)), folder / "part-0.parquet")


def write_tastes(home: Path, at: int, users: Sequence[int], posts: Sequence[int], level: float) -> None:
    """Factors whose product is 32 × level² and the tag "sea" for every user, known from ``at`` on."""
    cf, tags = home / f"spark/cf/as_of={START + at}", home / f"spark/tags/as_of={START + at}"
    for folder in (cf, tags):
        folder.mkdir(parents=True)
    factor = np.full(FACTOR_SIZE, level, np.float32).tolist()
    _write(cf / "user_factors.parquet", [{"user_id": user, "factor": factor} for user in users])
    _write(cf / "post_factors.parquet", [{"post_id": post, "factor": factor} for post in posts])
    _write(tags / "user_tags.parquet", [{"user_id": u, "tags": ["sea"], "weights": [level]} for u in users])


def publish_and_apply(home: Path) -> None:
    """Make what was written the offline store of ``home``."""
    publish(home)
    apply(home)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)
