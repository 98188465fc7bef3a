# ruff: noqa: ARG002 (Feast passes every argument by name)
"""Packed rows as a Feast online store, so that Feast's own calls read and write what serving reads.

Configure with ``online_store: {type: features.feast_store.online_store.PackedOnlineStore, path: …}``.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feast import Entity, FeatureView
from feast.infra.online_stores.online_store import OnlineStore
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.repo_config import FeastConfigBaseModel, RepoConfig

from features.feast_store.objects import view_of
from features.feast_store.protos import keys_of_entities, pack_protos, protos_of_rows
from features.online import OnlineRows, open_online

ProtoRow = tuple[EntityKey, dict[str, Value], datetime, datetime | None]


class PackedOnlineStoreConfig(FeastConfigBaseModel):
    """``path`` of the SQLite file, relative to the feature repository; a Redis ``url`` goes before it."""

    type: str = "features.feast_store.online_store.PackedOnlineStore"
    path: str = "online.sqlite"
    url: str = ""


class PackedOnlineStore(OnlineStore):
    """Feast's online store interface over ``OnlineRows``."""

    def __init__(self) -> None:
        self._rows: dict[Path | str, OnlineRows] = {}
        self._lock = threading.Lock()

    def rows(self, config: RepoConfig) -> OnlineRows:
        """The online rows of a repository, opened once."""
        file = Path(config.repo_path or ".") / config.online_store.path
        place = config.online_store.url or file
        with self._lock:
            if place not in self._rows:
                self._rows[place] = open_online(place)
            return self._rows[place]

    def online_write_batch(
        self,
        config: RepoConfig,
        table: FeatureView,
        data: list[ProtoRow],
        progress: Callable[[int], Any] | None,
    ) -> None:
        """Write rows of one view; an older row never replaces a newer one."""
        view = view_of(table)
        self.rows(config).write_many(view, pack_protos(view, data))
        if progress is not None:
            progress(len(data))

    def online_read(
        self,
        config: RepoConfig,
        table: FeatureView,
        entity_keys: list[EntityKey],
        requested_features: list[str] | None = None,
    ) -> list[tuple[datetime | None, dict[str, Value] | None]]:
        """The rows of one view in the order of ``entity_keys``; (None, None) where there is none."""
        view = view_of(table)
        rows = self.rows(config).read_many(view, keys_of_entities(view, entity_keys), names=True)
        wanted = set(requested_features or [field.name for field in table.features])
        moments = [datetime.fromtimestamp(ms / 1000, UTC) if ms else None for ms in rows.event_times.tolist()]
        values = protos_of_rows(view, rows, wanted)
        return [(at, row if at else None) for at, row in zip(moments, values, strict=True)]

    def update(
        self,
        config: RepoConfig,
        tables_to_delete: Sequence[FeatureView],
        tables_to_keep: Sequence[FeatureView],
        entities_to_delete: Sequence[Entity],
        entities_to_keep: Sequence[Entity],
        partial: bool,
    ) -> None:
        """Make the tables of views that stay, forget those of views that go."""
        rows = self.rows(config)
        for table in tables_to_keep:
            rows.state(view_of(table))
        for table in tables_to_delete:
            rows.drop(view_of(table))

    def teardown(self, config: RepoConfig, tables: Sequence[FeatureView], entities: Sequence[Entity]) -> None:
        """Forget the rows of ``tables``."""
        for table in tables:
            self.rows(config).drop(view_of(table))
