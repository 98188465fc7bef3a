"""With ``required``: who is asked for, what a session may do, and what nobody may."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from feed_core.api.app import create_app
from feed_core.api.identity import Auth
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.services.passwords import Passwords
from tests.api_client import client_of

NOON = 1_770_000_000_000
SERVICE = "a token of sixteen characters".replace(" ", "-")
SECRET = "note G and all that"


@dataclass
class Guarded:
    """An API that needs sessions; ``ada`` and ``ben`` are ids, ``tokens`` their sessions."""

    api: TestClient
    core: FeedCore
    clock: SetClock
    ids: dict[str, str]
    tokens: dict[str, str]

    def ask(self, who: str, method: str, path: str, **sent: Any) -> Any:
        token = {"nobody": "", "service": SERVICE}.get(who, self.tokens.get(who, who))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.api.request(method, path.format(**self.ids), headers=headers, **sent)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    clock = SetClock(NOON)
    core = FeedCore.open(tmp_path, clock=clock, passwords=quick)
    with client_of(create_app(core, Auth("required", SERVICE))) as api:
        guarded = Guarded(api, core, clock, {}, {})
        for name in ("ada", "ben"):
            body = {"username": name, "email": f"{name}@b.example", "password": SECRET}
            guarded.ids[name] = api.post("/v1/users", json=body).json()["user_id"]
            log_in = {"login": name, "password": SECRET}
            guarded.tokens[name] = api.post("/v1/sessions", json=log_in).json()["token"]
        made = guarded.ask("ben", "POST", "/v1/posts", json={"author_id": guarded.ids["ben"]})
        guarded.ids["post"] = made.json()["post_id"]
        yield guarded
    core.close()


OWN = [
    ("GET", "/v1/timeline/{ada}"),
    ("GET", "/v1/users/{ada}/saves"),
    ("GET", "/v1/users/{ada}/likes"),
    ("GET", "/v1/users/{ada}/blocks"),
    ("GET", "/v1/users/{ada}/mutes"),
    ("GET", "/v1/users/{ada}/settings"),
    ("GET", "/v1/users/{ada}/sessions"),
    ("GET", "/v1/users/{ada}/notifications"),
    ("GET", "/v1/users/{ada}/notifications/unread"),
    ("GET", "/v1/users/{ada}/follow-requests"),
    ("GET", "/v1/users/{ada}/requested"),
    ("GET", "/v1/users/{ada}/story-tray"),
    ("GET", "/v1/users/{ada}/deleted-posts"),
    ("GET", "/v1/posts/{post}?reader_id={ada}"),
    ("PUT", "/v1/posts/{post}/likes/{ada}"),
    ("PUT", "/v1/users/{ada}/following/{ben}"),
    ("PUT", "/v1/users/{ada}/blocks/{ben}"),
    ("DELETE", "/v1/users/{ada}/sessions"),
    ("DELETE", "/v1/users/{ada}"),
]


@pytest.mark.parametrize(("method", "path"), OWN)
def test_what_is_ones_own_is_for_nobody_else(guarded: Guarded, method: str, path: str) -> None:
    nobody = guarded.ask("nobody", method, path)
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    assert guarded.ask("ben", method, path).status_code == 403
    assert guarded.ask("wrong", method, path).status_code == 401
    assert guarded.ask("ada", method, path).is_success


@pytest.mark.parametrize(
    "path", ["/v1/users", "/v1/users/{ben}", "/v1/posts/{post}", "/v1/users/{ben}/followers"]
)
def test_reading_needs_a_session_and_shows_what_its_person_sees(guarded: Guarded, path: str) -> None:
    assert guarded.ask("nobody", "GET", path).status_code == 401
    assert guarded.ask("ada", "GET", path).status_code == 200
    guarded.ask("ben", "PUT", "/v1/users/{ben}/blocks/{ada}")
    blocked = guarded.ask("ada", "GET", path)
    assert blocked.status_code == 404 or guarded.ids["ben"] not in blocked.text


def test_a_service_token_acts_for_anybody_and_operates(guarded: Guarded) -> None:
    assert guarded.ask("service", "PUT", "/v1/posts/{post}/likes/{ada}").json() == {"changed": True}
    for method, path in (("PUT", "/v1/users/{ada}/verified"), ("GET", "/v1/users/{ada}/blocked-by")):
        assert guarded.ask("ada", method, path).status_code == 403
        assert guarded.ask("nobody", method, path).status_code == 401
        assert guarded.ask("service", method, path).is_success
    assert guarded.ask("ada", "GET", "/v1/users/{ada}").json()["verified"] is True
    assert guarded.ask("service", "POST", "/v1/users", json={"username": "imported"}).status_code == 201


def test_without_a_password_nobody_signs_up_alone(guarded: Guarded) -> None:
    assert guarded.ask("nobody", "POST", "/v1/users", json={"username": "eve"}).status_code == 422


def test_a_batch_of_events_is_ones_own(guarded: Guarded) -> None:
    events = [
        {"user_id": guarded.ids[who], "post_id": guarded.ids["post"], "action": "dwell", "value": 5}
        for who in ("ada", "ben")
    ]
    assert guarded.ask("ada", "POST", "/v1/events", json={"events": events}).status_code == 403
    assert guarded.ask("ada", "POST", "/v1/events", json={"events": events[:1]}).status_code == 202


def test_logging_out_ends_this_session_alone(guarded: Guarded) -> None:
    again = guarded.api.post(
        "/v1/sessions", json={"login": "ada@b.example", "password": SECRET, "device": "tv"}
    )
    assert again.headers["cache-control"] == "no-store"
    devices = guarded.ask("ada", "GET", "/v1/users/{ada}/sessions").json()["items"]
    assert {one["device"] for one in devices} == {"", "tv"}
    assert guarded.ask(again.json()["token"], "DELETE", "/v1/sessions/current").is_success
    assert guarded.ask(again.json()["token"], "GET", "/v1/users/{ada}").status_code == 401
    assert guarded.ask("ada", "GET", "/v1/users/{ada}").status_code == 200


def test_too_many_tries_are_told_to_wait(guarded: Guarded) -> None:
    answers = [
        guarded.api.post("/v1/sessions", json={"login": "ada", "password": "wrong"}) for _ in range(10)
    ]
    assert {answer.status_code for answer in answers[:9]} == {401}
    assert (answers[9].status_code, answers[9].headers["retry-after"]) == (429, "60")


def test_too_many_writes_are_told_to_wait(guarded: Guarded) -> None:
    from feed_core.services.limits import WRITES

    guarded.core.limits.take(*[(f"write:{guarded.ids['ada']}", WRITES)] * WRITES[0])
    refused = guarded.ask("ada", "PUT", "/v1/posts/{post}/likes/{ada}")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert guarded.ask("ben", "PUT", "/v1/posts/{post}/likes/{ben}").is_success


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer \xe9", "Bearer " + "x" * 500, "x"]
)
def test_a_malformed_token_is_refused(guarded: Guarded, header: str) -> None:
    answer = guarded.api.get("/v1/users", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
