"""Request ids, log lines and metrics."""

import json
from typing import Any

import pytest

from tests.feed_core.api.conftest import World


def lines(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines() if line.startswith("{")]


def test_a_request_id_that_is_sent_is_kept_and_a_strange_one_replaced(world: World) -> None:
    kept = world.api.get("/healthz", headers={"X-Request-Id": "trace-1.a"})
    assert kept.headers["x-request-id"] == "trace-1.a"
    for strange in ("a b", "x" * 65, "é".encode("latin-1").decode("latin-1")):
        sent = {"X-Request-Id": strange.encode("latin-1")}
        assert world.api.get("/healthz", headers=sent).headers["x-request-id"] != strange


def test_the_log_line_of_a_timeline_names_its_decision(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    world.core.drain()
    capsys.readouterr()
    answer = world.api.get(f"/v1/timeline/{world.ada}")
    (line,) = lines(capsys.readouterr().err)
    assert str(line["decision_id"]) == answer.json()["decision_id"]
    assert (line["status"], line["shown"], line["request_id"]) == (200, 1, answer.headers["x-request-id"])


def test_metrics_count_by_route_template_and_not_by_id(world: World) -> None:
    for user in (world.ada, world.ben):
        world.api.get(f"/v1/users/{user}")
    world.api.get("/v1/nowhere")
    text = world.api.get("/metrics").text
    assert 'loupe_http_requests_total{method="GET",route="/v1/users/{user_id}",status="200"} 2.0' in text
    assert 'route="unmatched",status="404"' in text
    assert world.ada not in text
    assert "loupe_http_request_seconds_bucket" in text


def test_metrics_say_how_far_the_workers_are_behind(world: World) -> None:
    world.core.drain()
    assert "loupe_workers_lag_records 0.0" in world.api.get("/metrics").text
    world.api.post("/v1/posts", json={"author_id": world.ada})
    assert "loupe_workers_lag_records 2.0" in world.api.get("/metrics").text


def test_two_apps_have_metrics_of_their_own(world: World) -> None:
    from fastapi.testclient import TestClient

    from feed_core.api.app import create_app

    other = TestClient(create_app(world.core))
    assert "/v1/users" not in other.get("/metrics").text


def test_healthz_answers_and_readyz_wants_running_workers(world: World) -> None:
    from fastapi.testclient import TestClient

    assert world.api.get("/healthz").json() == {"status": "ok"}
    assert world.api.get("/readyz").status_code == 503
    with TestClient(world.api.app) as running:
        assert running.get("/readyz").json() == {"status": "ready"}
    assert world.api.get("/readyz").status_code == 503
