"""The OpenAPI document: complete, with examples and the shape of errors."""

from typing import Any

from feed_core.api.consistency import MEANING
from tests.feed_core.api.conftest import World


def operations(world: World) -> list[tuple[str, dict[str, Any]]]:
    paths = world.api.get("/openapi.json").json()["paths"]
    return [(f"{verb} {path}", one) for path, verbs in paths.items() for verb, one in verbs.items()]


def test_every_operation_is_described_and_tagged(world: World) -> None:
    for name, operation in operations(world):
        assert operation.get("description"), name
        assert operation.get("tags"), name
    ids = [operation["operationId"] for _, operation in operations(world)]
    assert len(ids) == len(set(ids))


def test_every_versioned_operation_documents_its_problems(world: World) -> None:
    for name, operation in operations(world):
        if "/v1/" in name:
            for status in ("404", "422"):
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], name
    schemas = world.api.get("/openapi.json").json()["components"]["schemas"]
    assert {"type", "title", "status", "detail", "fix"} <= set(schemas["Problem"]["properties"])
    assert "FieldError" in schemas
    assert "HTTPValidationError" not in schemas


def test_bodies_carry_an_example_that_the_api_accepts(world: World) -> None:
    schemas = world.api.get("/openapi.json").json()["components"]["schemas"]
    for name, operation in operations(world):
        if "requestBody" in operation:
            ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert schemas[ref.rsplit("/", 1)[1]]["examples"], name
    example = schemas["NewUserBody"]["examples"][0]
    refused = world.api.post("/v1/users", json={**example, "username": "example"})
    assert refused.status_code == 201


def test_ids_are_strings_in_answers(world: World) -> None:
    schemas = world.api.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["UserView"]["properties"]["user_id"]["type"] == "string"
    assert schemas["UserView"]["properties"]["created_at"]["format"] == "date-time"
    assert "anyOf" in schemas["NewPostBody"]["properties"]["author_id"]


def test_every_operation_says_what_may_be_relied_on(world: World) -> None:
    promised = {
        name: operation.get("x-consistency") for name, operation in operations(world) if "/v1/" in name
    }
    assert set(promised.values()) == set(MEANING)
    for name, operation in operations(world):
        if "/v1/" in name:
            assert operation["description"].count(MEANING[promised[name]]) == 1, name
    for name, level in {
        "get /v1/users/{user_id}/settings": "strong", "get /v1/users/{user_id}/followers": "strong",
        "put /v1/users/{user_id}/following/{target_id}": "strong", "post /v1/posts": "own",
        "get /v1/users/{user_id}/posts": "own", "put /v1/posts/{post_id}/likes/{user_id}": "own",
        "get /v1/places/{place}/posts": "own", "get /v1/posts/{post_id}/counts": "eventual",
        "get /v1/users/{user_id}/stats": "eventual", "get /v1/timeline/{user_id}": "eventual",
    }.items():  # fmt: skip
        assert promised[name] == level, name


def test_the_document_says_what_may_be_relied_on(world: World) -> None:
    told = world.api.get("/openapi.json").json()["info"]["description"]
    for word in ("Identity", "Consistency", "Idempotency-Key", "RFC 9457"):
        assert word in told
