"""The words of a definition: a view holds rows of one entity (or pair), a row holds fields."""

from functools import cached_property
from typing import Literal

import msgspec

from features.definitions.windows import SLICE_MS

EntityName = Literal["user", "author", "post"]
JOIN_KEYS: dict[str, str] = {"user": "user_id", "author": "author_id", "post": "post_id"}
"""Join key of each entity, as it is called in events, in Parquet columns and in Feast."""


class Count(msgspec.Struct, frozen=True, tag="count"):
    """Events of ``actions`` in the last ``window_ms`` (see ``windows``).

    ``measure`` "events" counts them; "value" adds up floor(value), for dwell the whole milliseconds.
    An event whose key of the view (user_id, author_id or post_id) is not positive does not count.
    """

    name: str
    actions: tuple[str, ...]
    window_ms: int
    measure: Literal["events", "value"] = "events"

    @property
    def slices(self) -> int:
        """The window in slices."""
        return self.window_ms // SLICE_MS


class Scalar(msgspec.Struct, frozen=True, tag="scalar"):
    """One float32 that some job or the post itself brings."""

    name: str


class Vector(msgspec.Struct, frozen=True, tag="vector"):
    """``size`` float32 values: an embedding."""

    name: str
    size: int


class Tags(msgspec.Struct, frozen=True, tag="tags"):
    """A list of hashtags, and beside it their float32 weights when ``weights`` names a field."""

    name: str
    weights: str = ""


class Ids(msgspec.Struct, frozen=True, tag="ids"):
    """A list of int64 ids, best first, and beside it their float32 scores in field ``weights``."""

    name: str
    weights: str = ""


Field = Count | Scalar | Vector | Tags | Ids


class View(msgspec.Struct, frozen=True, dict=True):
    """Rows of one entity or pair of entities. ``ttl_ms`` is how long a row stays true (0: for ever)."""

    name: str
    entities: tuple[EntityName, ...]
    fields: tuple[Field, ...]
    ttl_ms: int = 0
    description: str = ""

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def join_keys(self) -> tuple[str, ...]:
        """Key columns in order, such as ``("user_id", "author_id")``."""
        return tuple(JOIN_KEYS[entity] for entity in self.entities)

    @property
    def counts(self) -> tuple[Count, ...]:
        """The windowed counters, in order."""
        return tuple(field for field in self.fields if isinstance(field, Count))

    @cached_property
    def list_field(self) -> Tags | Ids | None:
        """The list field, if the view has one; a view has at most one."""
        return next((field for field in self.fields if isinstance(field, Tags | Ids)), None)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the float32 columns of a packed row; a vector has ``name[0]``, ``name[1]`` …"""
        names: list[str] = []
        for field in self.fields:
            if isinstance(field, Vector):
                names.extend(f"{field.name}[{i}]" for i in range(field.size))
            elif not isinstance(field, Tags | Ids):
                names.append(field.name)
        return tuple(names)

    @cached_property
    def width(self) -> int:
        """How many float32 a packed row of this view holds."""
        return len(self.columns)
