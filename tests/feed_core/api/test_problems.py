"""The shape of errors."""

import pytest
from fastapi.testclient import TestClient

from feed_core.api.problems import path_of
from feed_core.core import FeedCore
from tests.feed_core.api.conftest import World


def test_a_problem_says_what_where_and_what_to_do(world: World) -> None:
    answer = world.api.post("/v1/posts", json={"author_id": "-1", "media": [{"url": "a", "width": -1}]})
    problem = answer.json()
    assert (problem["status"], problem["title"]) == (422, "Unprocessable Entity")
    assert problem["type"] == "urn:loupe:problem:unprocessable-entity"
    assert {fault["path"] for fault in problem["errors"]} == {"body.author_id", "body.media[0].width"}
    assert problem["fix"]
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_a_crash_is_a_problem_without_its_trace_and_logged_with_the_request_id(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(world.core.accounts), "require", crash)
    answer = world.api.get(f"/v1/users/{world.ada}")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    logged = capsys.readouterr().err
    assert "secret detail" in logged
    assert answer.json()["request_id"] in logged


def test_a_broken_store_is_told_as_unavailable_and_when_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feed_core.model.errors import Unavailable

    def missing(*_: object) -> None:
        raise Unavailable("The store does not answer.", fix="Start it.")

    monkeypatch.setattr(type(world.core.accounts), "require", missing)
    answer = world.api.get(f"/v1/users/{world.ada}")
    assert (answer.status_code, answer.json()["fix"]) == (503, "Start it.")
    assert answer.headers["retry-after"] == "1"


def test_a_wrong_method_says_which_are_allowed(world: World) -> None:
    answer = world.api.patch("/v1/events", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_paths_of_fields_read_like_code_and_are_cut() -> None:
    assert path_of(("body", "events", 3, "value")) == "body.events[3].value"
    assert len(path_of(("body", "x" * 10_000))) < 100


def test_a_client_error_is_never_raised_into_the_server(world: World) -> None:
    strict = TestClient(world.api.app, raise_server_exceptions=True)
    assert strict.get("/v1/users/0").status_code == 422
    assert isinstance(world.core, FeedCore)
