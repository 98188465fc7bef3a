"""Feast's entities, feature views and feature services, made from the definitions."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from feast import Entity, FeatureService, FeatureView, FileSource, OnDemandFeatureView, ValueType
from feast import Field as FeastField
from feast.labeling.label_view import LabelView
from feast.types import Array, FeastType, Float32, Int64, String

from features.definitions import (
    JOIN_KEYS,
    SERVICES,
    VIEW_BY_NAME,
    VIEWS,
    Ids,
    Tags,
    Vector,
    View,
    view_hash,
    views_of,
)
from features.definitions.services import FeatureService as Kind
from features.definitions.view import EntityName, Field
from features.offline.places import offline_folder
from features.offline.schema import EVENT_TIMESTAMP
from feed_core.model.errors import NotFound

Projected = FeatureView | OnDemandFeatureView | LabelView | str

ENTITIES: dict[EntityName, Entity] = {
    "user": Entity(name="user", join_keys=[JOIN_KEYS["user"]], value_type=ValueType.INT64),
    "author": Entity(name="author", join_keys=[JOIN_KEYS["author"]], value_type=ValueType.INT64),
    "post": Entity(name="post", join_keys=[JOIN_KEYS["post"]], value_type=ValueType.INT64),
}


def feature_view(view: View, home: Path) -> FeatureView:
    """``view`` as Feast knows it, on the Parquet files of ``home``."""
    entities = [ENTITIES[entity] for entity in view.entities]
    keys = [FeastField(name=key, dtype=Int64) for key in view.join_keys]
    return FeatureView(
        name=view.name,
        entities=entities,
        schema=keys + [field for defined in view.fields for field in _fields(defined)],
        ttl=timedelta(milliseconds=view.ttl_ms),
        source=FileSource(
            name=f"{view.name}_source",
            path=str(offline_folder(home, view).resolve()),
            timestamp_field=EVENT_TIMESTAMP,
        ),
        online=True,
        description=view.description,
        tags={"definition": view_hash(view)},
    )


def feature_objects(home: Path) -> list[Any]:
    """Everything that ``store.apply`` needs: entities, every view, a service a view and a kind of model.

    The service of a kind of model has every stored column that its features come from.
    """
    views = {view.name: feature_view(view, home) for view in VIEWS}
    alone = [FeatureService(name=f"{name}_all", features=[made]) for name, made in views.items()]
    return [*ENTITIES.values(), *views.values(), *alone, *(_service(kind, views) for kind in SERVICES)]


def _service(kind: Kind, views: Mapping[str, FeatureView]) -> FeatureService:
    projected: list[Projected] = [views[view.name] for view in views_of(kind.features)]
    return FeatureService(name=kind.name, features=projected, description=kind.description)


def view_of(feature_view: FeatureView) -> View:
    """The definition of a Feast view; raises ``NotFound`` for one that is not in the definitions."""
    view = VIEW_BY_NAME.get(feature_view.name)
    if view is None:
        raise NotFound(
            f"Feature view {feature_view.name} is not in features.definitions.",
            fix="The packed store holds defined views only; add it to features/definitions/views.py.",
        )
    return view


def _fields(field: Field) -> list[FeastField]:
    if isinstance(field, Tags | Ids):
        item = String if isinstance(field, Tags) else Int64
        names: list[tuple[str, FeastType]] = [(field.name, Array(item))]
        names += [(field.weights, Array(Float32))] if field.weights else []
        return [FeastField(name=name, dtype=dtype) for name, dtype in names]
    dtype = Array(Float32) if isinstance(field, Vector) else Float32
    return [FeastField(name=field.name, dtype=dtype)]
