"""The features of one request: every row read in one call a view, and one matrix for the model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.affinity import cf_score, tag_affinity
from features.assembly import assemble, stored_columns
from features.definitions import FEATURES, VIEW_BY_NAME, WINDOWED
from features.definitions.views import POST_CONTENT
from features.online.rows import OnlineRows, Rows
from feed_core.model.errors import InvalidInput

__all__ = ["Candidates", "FeatureReader", "Matrix", "RequestContext", "assemble", "request_columns"]

_NO_IDS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks and when: ``now`` in ms; ``follows`` int64, the authors that the person follows."""

    user_id: int
    now: int
    follows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """n posts to be scored: ids, times (ms) and source codes int64 (n,), ``in_network`` bool (n,)."""

    post_ids: NDArray[np.int64]
    author_ids: NDArray[np.int64]
    created_at: NDArray[np.int64]
    sources: NDArray[np.int64]
    in_network: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = len(self.post_ids)
        if any(len(c) != n for c in (self.author_ids, self.created_at, self.sources, self.in_network)):
            raise InvalidInput(f"The columns of {n} candidates differ in length.")

    def __len__(self) -> int:
        return len(self.post_ids)


@dataclass(frozen=True, slots=True)
class Matrix:
    """``values`` float32 (n, F) in the order of ``FEATURES``; ``event_times`` int64 (n,) by view, 0 where
    there was no row ((1,) for rows of the person); ``foreign`` rows of other definitions passed over."""

    values: NDArray[np.float32]
    event_times: Mapping[str, NDArray[np.int64]]
    foreign: int

    @property
    def newest(self) -> int:
        """The newest event time (ms) among the counted rows that were read; 0 when there was none."""
        times = (self.event_times[view.name] for view in WINDOWED)
        return max((int(t.max()) for t in times if len(t)), default=0)


class FeatureReader:
    """Reads online rows and works out the features of candidates. Safe to use from many threads."""

    def __init__(self, online: OnlineRows) -> None:
        self._online = online

    def read(self, request: RequestContext, candidates: Candidates) -> Matrix:
        """The matrix of ``candidates`` as served: constants stand where a feature has a serving value."""
        rows = self._rows(request.user_id, candidates)
        columns = request_columns(rows, np.zeros(len(candidates), np.intp))
        columns |= {
            "now": np.array([request.now]),
            "created_at": candidates.created_at,
            "source": candidates.sources,
            "in_network": candidates.in_network,
            "follows": np.isin(candidates.author_ids, request.follows),
        }
        columns |= {f.name: np.array([f.serving]) for f in FEATURES if f.serving is not None}
        times = {name: read.event_times for name, read in rows.items()}
        return Matrix(assemble(columns), times, sum(read.foreign for read in rows.values()))

    def _rows(self, user_id: int, candidates: Candidates) -> dict[str, Rows]:
        user = np.array([user_id], np.int64)
        keys = {
            "user_activity": user,
            "user_tags": user,
            "user_factors": user,
            "author_stats": candidates.author_ids,
            "post_stats": candidates.post_ids,
            "post_factors": candidates.post_ids,
            "post_content": candidates.post_ids,
            "user_author": np.column_stack(
                (np.full_like(candidates.author_ids, user_id), candidates.author_ids)
            ),
        }
        return {name: self._online.read_many(VIEW_BY_NAME[name], key) for name, key in keys.items()}


def request_columns(
    rows: Mapping[str, Rows], user_of_row: NDArray[np.intp]
) -> dict[str, NDArray[np.generic]]:
    """Stored columns and those that match a person with a post, for n rows.

    ``rows`` has n rows a view, or 1 that holds for all; but of user_tags and user_factors a row a person,
    into which ``user_of_row`` (n,) points. Used by serving (one person) and by backfill (many).
    """
    columns: dict[str, NDArray[np.generic]] = {}
    for view in (*WINDOWED, POST_CONTENT):
        columns |= stored_columns(view, rows[view.name].matrix)
    user_tags, post_tags = rows["user_tags"].lists, rows["post_content"].lists
    assert user_tags is not None
    assert post_tags is not None
    total, largest = tag_affinity(user_tags, user_of_row, post_tags)
    return columns | {
        "tag_affinity": total,
        "tag_affinity_max": largest,
        "cf_score": cf_score(rows["user_factors"].matrix, user_of_row, rows["post_factors"].matrix),
        "hashtag_count": post_tags.lengths,
    }
