"""When the service says that it can answer, and from which rung."""

import threading

import pytest

from ranking_service.freshness.freshness import Freshness


@pytest.fixture
def held(monkeypatch):
    """Holds back every pass over the event log until it is set."""
    event, catch_up = threading.Event(), Freshness.catch_up

    def waits(freshness):
        event.wait()
        return catch_up(freshness)

    monkeypatch.setattr(Freshness, "catch_up", waits)
    yield event
    event.set()


def test_the_service_is_not_ready_until_counters_are_restored(held, open_client):
    client = open_client()
    waiting = client.get("/readyz")
    assert waiting.status_code == 503
    assert waiting.headers["content-type"] == "application/problem+json"
    assert "restored" in waiting.json()["detail"]
    assert client.get("/healthz").status_code == 200
    held.set()
    while not client.app.state.for_you.freshness.restored:
        client.app.state.for_you.freshness.catch_up()
    assert client.get("/readyz").status_code == 200


def test_readiness_says_why_counters_cannot_be_restored(open_client, monkeypatch):
    failed = threading.Event()

    def fails(freshness):
        if freshness.problem:
            failed.set()
        raise OSError("disk full")

    monkeypatch.setattr(Freshness, "_begin", lambda freshness, _: fails(freshness))
    client = open_client()
    assert failed.wait(30)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "disk full" in answer.json()["detail"]
    assert answer.json()["fix"]


def test_a_later_pass_that_fails_does_not_take_the_service_out(world, client, monkeypatch):
    freshness = client.app.state.for_you.freshness
    freshness.catch_up()
    failed = threading.Event()

    def fails(_):
        failed.set()
        raise OSError("disk full")

    monkeypatch.setattr(Freshness, "_take_posts", fails)
    assert failed.wait(30)
    assert client.get("/readyz").status_code == 200


def test_readiness_says_which_model_ranks(client):
    client.app.state.for_you.freshness.catch_up()
    ready = client.get("/readyz").json()
    assert ready["ranking"] == "ranked"
    assert ready["model_version"] == "v1"


def test_readiness_says_why_nothing_is_ranked(world, promote, open_client):
    bundle = promote()
    bundle.model_path("like").write_text("tree\n")
    client = open_client()
    client.app.state.for_you.freshness.catch_up()
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["ranking"] == "chronological"
    assert "'like'" in ready.json()["problem"]
    assert client.get(f"/v1/feed/{world.ada}").json()["served_by"] == "chronological"
