"""Puts the shapes of msgspec records into the app's OpenAPI document."""

from typing import Any

import msgspec
from fastapi import FastAPI

_REF = "#/components/schemas/{name}"
_described: dict[str, type[msgspec.Struct]] = {}


def json_of(shape: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an endpoint that answers with ``shape``."""
    return {200: {"description": "OK", "content": _content(shape)}}


def body_of(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """The ``openapi_extra`` of an endpoint that takes ``shape``."""
    return {"requestBody": {"required": True, "content": _content(shape)}}


def describe_records(app: FastAPI) -> None:
    """Add the shapes that endpoints named to the components."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        shapes = msgspec.json.schema_components(list(_described.values()), ref_template=_REF)[1]
        for name, shape in shapes.items():
            schemas.setdefault(name, shape)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _content(shape: type[msgspec.Struct]) -> dict[str, Any]:
    _described[shape.__name__] = shape
    return {"application/json": {"schema": {"$ref": _REF.format(name=shape.__name__)}}}
