"""Feast's materialiser for packed rows: from Arrow columns to packed rows without a protobuf a value."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from feast.infra.common.materialization_job import MaterializationJobStatus, MaterializationTask
from feast.infra.compute_engines.local.compute import LocalComputeEngine, LocalComputeEngineConfig
from feast.infra.compute_engines.local.job import LocalMaterializationJob
from feast.infra.registry.base_registry import BaseRegistry

from features.feast_store.objects import view_of
from features.feast_store.online_store import PackedOnlineStore
from features.offline.schema import EVENT_TIMESTAMP, pack, schema_of
from features.online import OnlineRows

_ROWS = 20_000
"""Rows a transaction: other writers wait at most for one."""
_after_view: ContextVar[Callable[[], None]] = ContextVar("after_view", default=lambda: None)


@contextmanager
def after_each_view(call: Callable[[], None]) -> Iterator[None]:
    """Within the block, ``call`` is called when a view has been materialised; Feast itself tells nobody."""
    token = _after_view.set(call)
    try:
        yield
    finally:
        _after_view.reset(token)


class PackedComputeEngineConfig(LocalComputeEngineConfig):
    """No settings of its own."""

    type: str = "features.feast_store.engine.PackedComputeEngine"  # type: ignore[assignment]


class PackedComputeEngine(LocalComputeEngine):
    """Feast's local engine, which writes a view in blocks when the online store holds packed rows."""

    def _materialize_one(
        self, registry: BaseRegistry, task: MaterializationTask, **kwargs: Any
    ) -> LocalMaterializationJob:
        online = self.online_store
        if not isinstance(online, PackedOnlineStore):
            return super()._materialize_one(registry, task, **kwargs)
        job_id = f"{task.feature_view.name}-{task.start_time}-{task.end_time}"
        try:
            self._write(task, online.rows(self.repo_config))
        except Exception as error:
            return LocalMaterializationJob(job_id, MaterializationJobStatus.ERROR, error)
        _after_view.get()()
        return LocalMaterializationJob(job_id, MaterializationJobStatus.SUCCEEDED)

    def _write(self, task: MaterializationTask, online: OnlineRows) -> None:
        view, source = view_of(task.feature_view), task.feature_view.batch_source
        assert source is not None
        names = [n for n in schema_of(view).names if n not in (*view.join_keys, EVENT_TIMESTAMP)]
        table = self.offline_store.pull_latest_from_table_or_query(
            config=self.repo_config,
            data_source=source,
            join_key_columns=list(view.join_keys),
            feature_name_columns=names,
            timestamp_field=EVENT_TIMESTAMP,
            created_timestamp_column=None,
            start_date=task.start_time,
            end_date=task.end_time,
        ).to_arrow()
        for start in range(0, table.num_rows, _ROWS):
            online.write_many(view, pack(view, table.slice(start, _ROWS)))
