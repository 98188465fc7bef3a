# ruff: noqa: ARG002, ARG004 (Feast passes every argument by name)
"""Feast's offline store on Parquet files, with a point-in-time join that scales.

Feast's own file stores join every question with every row of its key before they look at the times;
with hourly rows that is hundreds of pairs a question. This one reads the files with Arrow and finds each
row by binary search (``features.offline.as_of``). Everything else is Feast's Dask store.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from feast import FeatureView
from feast.data_source import DataSource
from feast.infra.offline_stores.dask import DaskOfflineStore, DaskOfflineStoreConfig
from feast.infra.offline_stores.file_source import FileSource
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.infra.registry.base_registry import BaseRegistry
from feast.repo_config import RepoConfig
from feast.utils import _get_requested_feature_views_to_features_dict
from numpy.typing import NDArray

from features.offline.as_of import NONE, as_of, newest
from features.offline.schema import EVENT_TIMESTAMP
from feed_core.model.errors import Corrupt, InvalidInput

_TIME = pa.timestamp("us", tz="UTC")


class AsOfOfflineStoreConfig(DaskOfflineStoreConfig):
    """No settings: files and columns come from the views."""

    type: str = "features.feast_store.offline_store.AsOfOfflineStore"  # type: ignore[assignment]


class ArrowJob(RetrievalJob):
    """A retrieval that gives an Arrow table when it is asked for."""

    def __init__(self, run: Callable[[], Any], full_feature_names: bool, metadata: Any = None) -> None:
        self._run = run
        self._full_feature_names = full_feature_names
        self._metadata = metadata

    @property
    def full_feature_names(self) -> bool:
        """Whether columns are called ``view__field``."""
        return self._full_feature_names

    @property
    def on_demand_feature_views(self) -> list[Any]:
        """None: what is worked out at a request is worked out by ``features.assembly``."""
        return []

    @property
    def metadata(self) -> Any:
        """Features, keys and time range of the questions."""
        return self._metadata

    def _to_arrow_internal(self, timeout: int | None = None) -> Any:
        return self._run()

    def _to_df_internal(self, timeout: int | None = None) -> Any:
        return self._run().to_pandas()


class AsOfOfflineStore(DaskOfflineStore):
    """Feast's Dask store with the joins that Loupe leans on done by binary search."""

    @staticmethod
    def get_historical_features(
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: Any,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        filter_by_created_timestamp: bool = False,
        **kwargs: Any,
    ) -> RetrievalJob:
        """Each row of ``entity_df`` with the newest values not after its time, in its order."""
        if entity_df is None or EVENT_TIMESTAMP not in entity_df.columns:
            raise InvalidInput(f"The entity frame needs a column {EVENT_TIMESTAMP}.")
        asked = pa.Table.from_pandas(entity_df, preserve_index=False)
        wanted, _ = _get_requested_feature_views_to_features_dict(feature_refs, feature_views, [])

        def run() -> Any:
            table = asked
            for view, fields in wanted.items():
                table = _joined(table, view, fields, full_feature_names, config)
            return table

        return ArrowJob(run, full_feature_names, _metadata(asked, feature_refs))

    @staticmethod
    def pull_latest_from_table_or_query(
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> RetrievalJob:
        """The newest row of each key between the dates, both included."""
        columns = [*join_key_columns, timestamp_field, *feature_name_columns]

        def run() -> Any:
            rows = _read(data_source, columns, timestamp_field, config, start_date, end_date)
            keys = _keys(rows, join_key_columns)
            return rows.take(newest(keys, _micros(rows[timestamp_field])))

        return ArrowJob(run, False)


def _joined(asked: Any, view: FeatureView, fields: list[str], full_names: bool, config: RepoConfig) -> Any:
    """``asked`` with the columns of ``view`` added."""
    source = view.batch_source
    assert source is not None
    stored = {column.name for column in view.entity_columns}
    keys = {view.projection.join_key_map.get(name, name): name for name in sorted(stored)}
    columns = [*keys.values(), source.timestamp_field, *fields]
    times = _micros(asked[EVENT_TIMESTAMP])
    end = datetime.fromtimestamp(times.max() / 1e6, UTC) if len(times) else None
    rows = _read(source, columns, source.timestamp_field, config, None, end)
    ttl = int(view.ttl.total_seconds() * 1e6) if view.ttl else 0
    at = as_of(
        _keys(rows, list(keys.values())),
        _micros(rows[source.timestamp_field]),
        _keys(asked, list(keys)),
        times,
        ttl,
    )
    index = pa.array(at, mask=at == NONE)
    for field in fields:
        name = f"{_name(view)}__{field}" if full_names else field
        asked = asked.append_column(name, rows[field].take(index))
    return asked


def _name(view: FeatureView) -> str:
    return view.projection.name_alias or view.projection.name


def _read(
    source: DataSource,
    columns: list[str],
    timestamp: str,
    config: RepoConfig,
    start: datetime | None,
    end: datetime | None,
) -> Any:
    """The rows of a source between two moments; raises ``Corrupt`` naming a file that cannot be read."""
    assert isinstance(source, FileSource)
    path = Path(str(FileSource.get_uri_for_file_path(config.repo_path, source.file_options.uri)))
    kept = None
    for bound, compare in ((start, pc.greater_equal), (end, pc.less_equal)):
        if bound is not None:
            part = compare(ds.field(timestamp), pa.scalar(bound, _TIME))
            kept = part if kept is None else kept & part
    try:
        return ds.dataset(path, format="parquet").to_table(columns=columns, filter=kept)
    except (pa.ArrowInvalid, OSError) as error:
        fix = "Publish the offline rows again: loupe features materialize."
        raise Corrupt(f"Offline rows at {path} cannot be read: {error}", fix=fix) from error


def _keys(table: Any, names: list[str]) -> NDArray[np.int64]:
    return np.column_stack([table[name].to_numpy().astype(np.int64) for name in names])


def _micros(column: Any) -> NDArray[np.int64]:
    micros: NDArray[np.int64] = column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    return micros


def _metadata(asked: Any, refs: list[str]) -> RetrievalMetadata:
    bounds = pc.min_max(asked[EVENT_TIMESTAMP]).as_py()
    keys = [name for name in asked.column_names if name != EVENT_TIMESTAMP]
    return RetrievalMetadata(
        features=refs, keys=keys, min_event_timestamp=bounds["min"], max_event_timestamp=bounds["max"]
    )
