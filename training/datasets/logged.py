"""What was decided: the feature values and the source that each shown post had when it was served."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES, definitions_hash, source_code
from feed_core.model.clock import HOUR
from feed_core.model.errors import Corrupt
from training.datasets.lake import column, read_table
from training.datasets.latest import NONE, match

Ints = NDArray[np.int64]
_COLUMNS = ("definitions_hash", "post_ids", "sources", "features")


@dataclass(frozen=True)
class Logged:
    """For n impressions: ``sources`` codes int64 (n,), 0 where unknown; ``present`` bool (n,), whether
    ``features`` float32 (n, F) were logged under today's definitions (NaN rows where not)."""

    sources: Ints
    present: NDArray[np.bool_]
    features: NDArray[np.float32]


def read_logged(home: Path, decisions: Ints, posts: Ints, *, start: int, end: int) -> Logged:
    """Logged values of the impressions (decision, post) (n,), from decisions of ``start`` − 1 h to ``end``.

    Values that were logged under other definitions are passed over. Raises ``Corrupt`` for a decision
    whose features do not fit its posts.
    """
    table = read_table(home, "decisions", start=start - HOUR, end=end, columns=_COLUMNS)
    n = len(posts)
    nothing = np.full((n, len(FEATURE_NAMES)), np.nan, np.float32)
    wanted = np.isin(column(table, "decision_id"), decisions)
    table = table.filter(wanted).combine_chunks()
    if not table.num_rows:
        return Logged(np.zeros(n, np.int64), np.zeros(n, bool), nothing)
    ids, lengths = column(table, "decision_id"), pc.list_value_length(table["post_ids"]).to_numpy()
    shown = pc.list_flatten(table["post_ids"]).to_numpy()
    row = match((np.repeat(ids, lengths), shown), (decisions, posts))
    found = row != NONE
    sources = np.where(found, _sources(table)[row], 0)
    ours = np.array(pc.equal(table["definitions_hash"], definitions_hash()).to_numpy())
    ours &= _bytes_of(table) > 0
    matrix = _matrix(table.filter(ours), lengths[ours], ids[ours])
    start_of = np.where(np.repeat(ours, lengths), np.cumsum(np.repeat(ours, lengths)) - 1, NONE)
    at = np.where(found, start_of[row], NONE)
    present = at != NONE
    nothing[present] = matrix[at[present]]
    return Logged(sources, present, nothing)


def _bytes_of(table: Any) -> Ints:
    """Bytes of logged features of each decision (n,)."""
    return np.asarray(pc.fill_null(pc.binary_length(table["features"]), 0).to_numpy(), np.int64)


def _sources(table: Any) -> Ints:
    encoded = pc.list_flatten(table["sources"]).combine_chunks().dictionary_encode()
    known = np.array([source_code(name) for name in encoded.dictionary.to_pylist()], np.int64)
    return np.asarray(known[encoded.indices.to_numpy()], np.int64)


def _matrix(table: Any, lengths: Ints, ids: Ints) -> NDArray[np.float32]:
    width = 4 * len(FEATURE_NAMES)
    wrong = np.flatnonzero(_bytes_of(table) != lengths * width)
    if len(wrong):
        raise Corrupt(
            f"The features of decision {ids[wrong[0]]} do not fit its posts.",
            fix="Run: loupe lake --rebuild.",
        )
    content = b"".join(table["features"].to_pylist())
    return np.frombuffer(content, np.float32).reshape(-1, len(FEATURE_NAMES))
