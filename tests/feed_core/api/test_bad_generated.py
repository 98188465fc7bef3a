"""Bad input made from the OpenAPI document: whatever an operation takes is sent wrong, each part by itself.

So an operation that is new has its cases, too; those that need knowledge of the world are in the tables.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.feed_core.api.bad_values import NO_IDS, NO_KEYS, NO_LIMITS, WRONG_KINDS
from tests.feed_core.api.conftest import World
from tests.feed_core.api.written_rows import rows_of

KNOWN = {
    "target_id": "ben", "post_id": "post", "comment_id": "comment", "story_id": "story",
    "author_id": "ben",
}  # fmt: skip
"""Which name of the world a parameter gets; ada where it is not said."""
TEXTS = {"place": "Hove", "username": "ada", "name": "x" * 16}
FLAGS = ("yes", 1, 0, [], {})
NO_NUMBERS = (-(1 << 70), "9", True, [], {})
NO_PARAMETERS = {"delete /v1/sessions/current"}
"""Operations that take nothing but who asks."""


class Sent(NamedTuple):
    """One request and the part of it that is wrong, as ``errors`` names it."""

    path: str
    wrong: str
    body: Any = None
    headers: Any = None


def is_id(schema: dict[str, Any]) -> bool:
    return any(one.get("pattern") == "^[0-9]{1,19}$" for one in [schema, *nested(schema)])


def nested(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in schema.get("anyOf", ()):
        yield one
        yield from nested(one)


def filled(world: World, path: str, **given: str) -> str:
    """``path`` with all of its parameters, those of ``given`` as they are."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return given.get(name) or TEXTS.get(name) or str(getattr(world, KNOWN.get(name, "ada")))

    return re.sub(r"\{(\w+)\}", value, path)


def parameters(world: World, path: str, operation: dict[str, Any]) -> Iterator[Sent]:
    """Each parameter that is an id or a limit, sent as none."""
    for one in operation.get("parameters", ()):
        name, where, schema = one["name"], one["in"], one["schema"]
        values = NO_IDS if is_id(schema) else NO_LIMITS if name == "limit" else ()
        for bad in values:
            if where == "path":
                yield Sent(filled(world, path, **{name: bad}), f"path.{name}")
            elif where == "query":
                yield Sent(f"{filled(world, path)}?{name}={bad}", f"query.{name}")
        if name == "Idempotency-Key":
            yield from (Sent(filled(world, path), "header.Idempotency-Key", headers=key) for key in NO_KEYS)


def wrong_values(schema: dict[str, Any]) -> tuple[Any, ...]:
    """What a field of a body may not be."""
    kinds = {one.get("type") for one in [schema, *nested(schema)]}
    if is_id(schema):
        return (0, -1, "abc", 1.5, True, [], {}, "")
    if "string" in kinds:
        return tuple(bad for bad in WRONG_KINDS if bad is not None)
    return FLAGS if "boolean" in kinds else NO_NUMBERS if kinds & {"integer", "number"} else (7, "x", True)


def bodies(world: World, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Sent]:
    """Each field of the body in turn as something else, and a field that nobody knows."""
    if "requestBody" not in operation:
        return
    ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields = {**schemas[ref.rpartition("/")[2]]["properties"], "unknown": {"type": "string"}}
    for name, schema in fields.items():
        for bad in wrong_values(schema):
            yield Sent(filled(world, path), f"body.{name}", body={name: bad})


def cases(world: World) -> Iterator[tuple[str, Sent]]:
    document = world.api.get("/openapi.json").json()
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items() if path.startswith("/v1/") else ():
            schemas = document["components"]["schemas"]
            for sent in (*parameters(world, path, operation), *bodies(world, path, operation, schemas)):
                yield f"{verb} {path}", sent


def test_each_part_of_each_request_is_checked_and_named_and_nothing_is_written(shared_world: World) -> None:
    world, sizes, wrong = shared_world, Counter[str](), []
    before = dict(rows_of(world.home))
    for name, sent in cases(world):
        sizes[name] += 1
        verb = name.partition(" ")[0]
        body = {} if sent.body is None else {"json": sent.body}
        if verb not in ("get", "delete") and not body:
            body = {"json": {}}
        answer = world.api.request(verb, sent.path, headers=sent.headers, **body)
        if answer.status_code != 422 or not names(answer.json(), sent.wrong):
            wrong.append(f"{name} {sent} → {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong[:20])
    assert dict(rows_of(world.home)) == before
    paths = world.api.get("/openapi.json").json()["paths"]
    every = {f"{verb} {path}" for path in paths if path.startswith("/v1/") for verb in paths[path]}
    assert every - sizes.keys() == NO_PARAMETERS


def names(problem: dict[str, Any], part: str) -> bool:
    """Whether one of the errors is about the part, or something within it."""
    part, found = part.lower(), [error["path"].lower() for error in problem["errors"]]
    return any(one == part or one.startswith((f"{part}.", f"{part}[")) for one in found)
