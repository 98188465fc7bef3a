"""Features as they were: columns for ``assemble`` at any (user, author, post, moment), joined by Feast.

This is how training backfills a feature that was not logged, and the check that what was logged when
serving is what the offline rows say.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from features.content import DAY_SECONDS
from features.definitions import FEATURE_NAMES, Names, View, views_of
from features.definitions.views import POST_CONTENT, USER_FACTORS, USER_TAGS
from features.feast_store.repository import open_store
from features.matrix import request_columns
from features.offline.places import offline_folder
from features.offline.schema import EVENT_TIMESTAMP, lists_of, matrix_of, schema_of
from features.online.keys import index_keys
from features.online.rows import Rows
from feed_core.model.clock import SECOND
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import EPOCH_MS, SEQUENCE_BITS, SHARD_BITS

if TYPE_CHECKING:
    from feast import FeatureStore

_BY_USER = (USER_TAGS, USER_FACTORS)
"""Rows that change with a job's run only: joined once a user and run, not once an impression."""
_ID_TIME_SHIFT = SHARD_BITS + SEQUENCE_BITS


def historical(home: Path, frame: pd.DataFrame, names: Names = FEATURE_NAMES) -> dict[str, NDArray[Any]]:
    """Columns (n,) for ``assemble`` of the features ``names``, in the order of ``frame``'s rows.

    ``frame`` has int64 ``post_id``, the other keys of the views that these features need (``user_id``,
    ``author_id``), and ``event_timestamp`` (UTC, or int64 ms). Its other columns (position, source,
    in_network, follows, a row id …) are passed through. Raises ``InvalidInput`` for a missing column or key,
    ``NotFound`` before ``loupe features apply``.
    """
    asked, store = _asked(frame, _keys_of(names)), open_store(home)
    by_user = [view for view in views_of(names) if view in _BY_USER]
    joined = [view for view in views_of(names) if view not in _BY_USER]
    rows = _split(joined, _join(store, joined, asked))
    user_of_row = np.zeros(len(asked), np.intp)
    if by_user:
        users, user_of_row = _users_by_run(home, asked, by_user)
        rows |= _split(by_user, _join(store, by_user, users))
    columns: dict[str, NDArray[Any]] = dict(request_columns(rows, user_of_row, names))
    columns |= {"now": _ms(asked), "created_at": _created_at(columns, asked)}
    return columns | {name: frame[name].to_numpy() for name in frame.columns if name != EVENT_TIMESTAMP}


def _keys_of(names: Names) -> list[str]:
    """The key columns that the views of these features are joined by, and the post's."""
    return sorted({"post_id", *(key for view in views_of(names) for key in view.join_keys)})


def _asked(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The keys and UTC times of ``frame``, checked."""
    if missing := [name for name in (*keys, EVENT_TIMESTAMP) if name not in frame.columns]:
        raise InvalidInput(f"The entity frame lacks: {', '.join(missing)}.")
    for name in keys:
        if frame[name].dtype.kind != "i" or (frame[name] <= 0).any():
            raise InvalidInput(f"Column {name} must hold positive int64, not {frame[name].dtype}.")
    times = frame[EVENT_TIMESTAMP]
    moments = pd.to_datetime(times, unit="ms" if times.dtype.kind == "i" else None, utc=True)
    if moments.isna().any():
        raise InvalidInput(f"{int(moments.isna().sum())} rows have no {EVENT_TIMESTAMP}.")
    columns = {name: frame[name].to_numpy() for name in keys}
    return pd.DataFrame({**columns, EVENT_TIMESTAMP: moments.dt.as_unit("us").array})


def _join(store: "FeatureStore", views: Sequence[View], asked: pd.DataFrame) -> Any:
    """``asked`` with the fields of ``views`` as of its times: an Arrow table, columns ``view__field``."""
    features = [f"{view.name}:{name}" for view in views for name in _field_names(view)]
    if not features:
        return pa.table({"post_id": asked["post_id"].to_numpy()})
    return store.get_historical_features(asked, features, full_feature_names=True).to_arrow()


def _split(views: Sequence[View], table: Any) -> dict[str, Rows]:
    """What was joined, a view at a time, in the form in which serving reads it."""
    none, rows = np.zeros(table.num_rows, np.int64), {}
    for view in views:
        names = _field_names(view)
        own = table.select([f"{view.name}__{name}" for name in names]).rename_columns(names)
        rows[view.name] = Rows(matrix_of(view, own), none, lists_of(view, own))
    return rows


def _field_names(view: View) -> list[str]:
    return [name for name in schema_of(view).names if name not in (*view.join_keys, EVENT_TIMESTAMP)]


def _users_by_run(
    home: Path, asked: pd.DataFrame, views: Sequence[View]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Each user and job run once, at the time of the run, and which of them each asked row needs.

    The newest row not after t is the newest row not after the last run before t.
    """
    runs = _run_times(home, views)
    times = _ms(asked)
    run = np.searchsorted(runs, times, side="right")
    index = index_keys(np.column_stack((asked["user_id"].to_numpy(), run)))
    first = np.zeros(len(index.distinct), np.intp)
    first[index.inverse[::-1]] = np.arange(len(asked))[::-1]
    moments = np.concatenate(([0], runs))[index.distinct[:, 1]]
    users = asked.iloc[first].assign(**{EVENT_TIMESTAMP: pd.to_datetime(moments, unit="ms", utc=True)})
    return users, index.inverse


def _run_times(home: Path, views: Sequence[View]) -> NDArray[np.int64]:
    """The distinct event times (ms) of the rows that jobs write by user, ascending."""
    found = [np.zeros(0, np.int64)]
    for view in views:
        rows = ds.dataset(offline_folder(home, view), format="parquet").to_table(columns=[EVENT_TIMESTAMP])
        found.append(rows[EVENT_TIMESTAMP].cast(pa.int64()).to_numpy() // 1000)
    return np.unique(np.concatenate(found))


def _created_at(columns: dict[str, NDArray[Any]], asked: pd.DataFrame) -> NDArray[np.int64]:
    """When each post was made, in ms: as its content row says, else as its id says."""
    by_id = (asked["post_id"].to_numpy() >> _ID_TIME_SHIFT) + EPOCH_MS
    if f"{POST_CONTENT.name}.created_day" not in columns:
        return by_id
    day, second = (columns[f"{POST_CONTENT.name}.{name}"] for name in ("created_day", "created_second"))
    seconds = np.nan_to_num(day).astype(np.int64) * DAY_SECONDS + np.nan_to_num(second).astype(np.int64)
    return np.where(np.isnan(day), by_id, seconds * SECOND)


def _ms(asked: pd.DataFrame) -> NDArray[np.int64]:
    micros: NDArray[np.int64] = asked[EVENT_TIMESTAMP].dt.as_unit("us").astype("int64").to_numpy()
    return micros // 1000
