"""Random requests, made from the OpenAPI document: never a 500, always the one shape of errors."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feed_core.api.conftest import World

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["like", "dwell", "1e9", "-1", "0", "9" * 25, "\x00", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NEAR_MISS = st.sampled_from(["{ada}", "{ben}", "{post}", "{comment}", "7", "-7", "abc", "", "\x00", "é", " "])


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """``schema`` with its reference followed."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def bodies(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Bodies that are right in part: each field is as the schema says, left out, or junk."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        return st.one_of(*(bodies(one, document) for one in schema["anyOf"])) | JUNK
    kind = schema.get("type")
    if kind == "object":
        fields = {name: bodies(one, document) for name, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=fields) | JUNK
    if kind == "array":
        return st.lists(bodies(schema["items"], document), max_size=3) | JUNK
    if kind == "string":
        return st.sampled_from(schema.get("enum", ["{ada}", "{post}"])) | st.text(max_size=10) | JUNK
    return st.integers(-5, 5) | JUNK


@st.composite
def requests(draw: st.DrawFn, document: dict[str, Any]) -> tuple[str, str, dict[str, str], Any]:
    """A method, a path, query parameters and a body."""
    path = draw(st.sampled_from(sorted(path for path in document["paths"] if path.startswith("/v1/"))))
    method = draw(st.sampled_from(sorted(document["paths"][path])))
    operation = document["paths"][path][method]
    query = {}
    for parameter in operation.get("parameters", ()):
        name, value = parameter["name"], draw(NEAR_MISS | st.text(max_size=12))
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe="{}"))
        elif parameter["in"] == "query" and draw(st.booleans()):
            query[name] = value
    body = None
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = draw(bodies(schema, document))
    return method.upper(), path, query, body


def test_no_request_that_the_schema_suggests_is_answered_by_a_crash(shared_world: World) -> None:
    world = shared_world
    document = world.api.get("/openapi.json").json()
    names = {f"{{{name}}}": getattr(world, name) for name in ("ada", "ben", "post", "comment")}

    def filled(text: str) -> str:
        for name, value in names.items():
            text = text.replace(name, value)
        return text

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(requests(document))
    def run(request: tuple[str, str, dict[str, str], Any]) -> None:
        method, path, query, body = request
        sent = filled(json.dumps(body)).encode() if body is not None else None
        answer = world.api.request(
            method,
            filled(path),
            params={name: filled(value) for name, value in query.items()},
            content=sent,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code
        else:
            assert "NaN" not in answer.text

    run()
