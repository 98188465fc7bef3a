"""The limits of bodies: bytes, also in chunks, and strict JSON."""

from collections.abc import Iterator

import pytest

from feed_core.api.bodies import MAX_BODY_BYTES
from tests.feed_core.api.conftest import World

JSON = {"Content-Type": "application/json"}


def chunks(size: int) -> Iterator[bytes]:
    """A JSON body of ``size`` bytes without a length said before."""
    yield b'{"username": "dan", "bio": "'
    for _ in range(size // 10_000):
        yield b"x" * 10_000
    yield b'"}'


def test_a_chunked_body_over_the_limit_is_refused(world: World) -> None:
    answer = world.api.post("/v1/users", content=chunks(MAX_BODY_BYTES + 10_000), headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert world.api.get("/v1/usernames/dan").status_code == 404


def test_a_chunked_body_within_the_limit_is_read(world: World) -> None:
    answer = world.api.post("/v1/users", content=iter([b'{"username":', b' "dan"}']), headers=JSON)
    assert answer.status_code == 201


def test_a_length_over_the_limit_is_refused_before_the_body_is_read(world: World) -> None:
    headers = {**JSON, "Content-Length": str(MAX_BODY_BYTES + 1)}
    answer = world.api.post("/v1/users", content=b"{}", headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("length", "status"),
    [("9" * 5_000, 413), ("0" * 30 + str(MAX_BODY_BYTES + 1), 413), ("0" * 5_000, 422)],
    ids=["huge", "zeros before", "zeros"],
)
def test_an_announced_length_may_have_any_number_of_digits(world: World, length: str, status: int) -> None:
    answer = world.api.post("/v1/users", content=b"{}", headers={**JSON, "Content-Length": length})
    assert answer.status_code == status


def test_a_path_without_a_body_is_bounded_too(world: World) -> None:
    path = f"/v1/posts/{world.post}/likes/{world.ada}"
    assert world.api.put(path, content=chunks(MAX_BODY_BYTES + 10_000)).status_code == 413


def test_a_body_of_exactly_the_limit_is_read(world: World) -> None:
    body = b'{"username": "dan"}'.ljust(MAX_BODY_BYTES)
    assert world.api.post("/v1/users", content=body, headers=JSON).status_code == 201


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/x+json"]
)
def test_json_by_any_of_its_names_is_read(world: World, kind: str) -> None:
    answer = world.api.post("/v1/users", content=b'{"username": "dan"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


def test_text_of_all_scripts_comes_back_unchanged(world: World) -> None:
    caption = "Søster 日本 \U0001f600 e\u0301 \u202e"
    made = world.api.post("/v1/posts", json={"author_id": world.ada, "caption": caption})
    assert made.json()["caption"] == caption
