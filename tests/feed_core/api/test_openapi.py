"""The OpenAPI document: complete, with examples and the shape of errors."""

from typing import Any

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


def test_the_document_says_what_may_be_relied_on(world: World) -> None:
    told = world.api.get("/openapi.json").json()["info"]["description"]
    for word in ("Identity", "Consistency", "Idempotency-Key", "RFC 9457"):
        assert word in told
