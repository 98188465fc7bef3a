"""The features of one request: every row read in one call a view, and one matrix for the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.affinity import cf_score, tag_affinity
from features.assembly import assemble, stored_columns
from features.definitions import FEATURE_NAMES, WINDOWED, Names, View, features_of, views_of
from features.definitions.services import columns_of
from features.online.keys import among
from features.online.lists import Lists
from features.online.rows import Entities, Keys, OnlineRows, Rows
from feed_core.model.errors import InvalidInput

__all__ = ["Candidates", "FeatureReader", "Matrix", "RequestContext", "assemble", "request_columns"]

_MATCHED = ("user_tags", "user_factors", "post_factors")
"""Views that reach a model only through what matches a person with a post."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks and when: ``now`` in ms; ``follows`` int64, the authors that the person follows,
    ascending."""

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
    """``values`` float32 (n, F), a column a feature asked for; ``event_times`` int64 (n,) by view, 0 where
    there was no row ((1,) for rows of the person); ``foreign`` rows of other definitions passed over."""

    values: NDArray[np.float32]
    event_times: Mapping[str, NDArray[np.int64]]
    foreign: int

    @property
    def newest(self) -> int:
        """The newest event time (ms) among the rows that were read of counted views, or where a model
        reads none of these, of the views that jobs write; 0 when there was none."""
        counted = [self.event_times[view.name] for view in WINDOWED if view.name in self.event_times]
        dated = counted or [times for name, times in self.event_times.items() if name != "post_content"]
        return max((int(times.max()) for times in dated if len(times)), default=0)


class FeatureReader:
    """Reads online rows and works out the features of candidates. Safe to use from many threads."""

    def __init__(self, online: OnlineRows) -> None:
        self._online = online

    def read(self, request: RequestContext, candidates: Candidates, names: Names = FEATURE_NAMES) -> Matrix:
        """The matrix of ``candidates`` as served: constants stand where a feature has a serving value.

        Only views that the features ``names`` need are read.
        """
        rows = self._rows(request.user_id, candidates, views_of(names))
        columns = request_columns(rows, np.zeros(len(candidates), np.intp), names)
        columns |= {
            "now": np.array([request.now]),
            "created_at": candidates.created_at,
            "source": candidates.sources,
            "in_network": candidates.in_network,
        }
        if "follows" in columns_of(names):
            columns["follows"] = among(candidates.author_ids, request.follows)
        columns |= {f.name: np.array([f.serving]) for f in features_of(names) if f.serving is not None}
        times = {name: read.event_times for name, read in rows.items()}
        return Matrix(assemble(columns, names), times, sum(read.foreign for read in rows.values()))

    def _rows(self, user_id: int, candidates: Candidates, views: Sequence[View]) -> dict[str, Rows]:
        keys: dict[Entities, Keys] = {
            ("user",): np.array([user_id], np.int64),
            ("author",): candidates.author_ids,
            ("post",): candidates.post_ids,
            ("user", "author"): _with(user_id, candidates.author_ids),
            ("user", "post"): _with(user_id, candidates.post_ids),
        }
        return self._online.read_views(views, keys)


def request_columns(
    rows: Mapping[str, Rows], user_of_row: NDArray[np.intp], names: Names = FEATURE_NAMES
) -> dict[str, NDArray[np.generic]]:
    """Stored columns and those that match a person with a post, for n rows, as the features ``names`` need.

    ``rows`` holds the views of ``views_of(names)``: n rows a view, or 1 that holds for all; but of user_tags
    and user_factors a row a person, into which ``user_of_row`` (n,) points. Used by serving (one person)
    and by backfill (many).
    """
    wanted = columns_of(names)
    columns: dict[str, NDArray[np.generic]] = {}
    for view in views_of(names):
        if view.name not in _MATCHED:
            columns |= stored_columns(view, rows[view.name].matrix)
    if "cf_score" in wanted:
        users, posts = rows["user_factors"].matrix, rows["post_factors"].matrix
        columns["cf_score"] = cf_score(users, user_of_row, posts)
    if "hashtag_count" in wanted:
        columns["hashtag_count"] = _lists(rows, "post_content").lengths
    if "tag_affinity" in wanted or "tag_affinity_max" in wanted:
        total, largest = tag_affinity(_lists(rows, "user_tags"), user_of_row, _lists(rows, "post_content"))
        columns |= {"tag_affinity": total, "tag_affinity_max": largest}
    return columns


def _lists(rows: Mapping[str, Rows], view: str) -> Lists:
    lists = rows[view].lists
    assert lists is not None
    return lists


def _with(user_id: int, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.column_stack((np.full_like(ids, user_id), ids))
