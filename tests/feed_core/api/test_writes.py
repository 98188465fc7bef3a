"""Writes that are repeated with their Idempotency-Key get the first answer and change nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from feed_core.api.writes import stand_in
from feed_core.model.ids import DEFAULT_SHARDS, EPOCH_MS, time_of
from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import filled
from tests.feed_core.api.written_rows import rows_of

WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/v1/users", {"username": "eve"}),
    ("PATCH", "/v1/users/{ada}", {"bio": "twice", "private": True}),
    ("DELETE", "/v1/users/{ada}", None),
    ("PUT", "/v1/users/{ada}/verified", None),
    ("DELETE", "/v1/users/{ada}/verified", None),
    ("PATCH", "/v1/users/{ada}/settings", {"language": "de"}),
    ("PUT", "/v1/users/{pia}/follow-requests/{ada}", None),
    ("DELETE", "/v1/users/{pia}/follow-requests/{ada}", None),
    ("DELETE", "/v1/users/{ada}/requested/{pia}", None),
    ("DELETE", "/v1/users/{ada}/followers/{ben}", None),
    ("POST", "/v1/users/{ada}/stories", {"media": {"url": "a.jpg"}}),
    ("DELETE", "/v1/users/{ben}/stories/{story}", None),
    ("PUT", "/v1/users/{ben}/stories/{story}/views/{ada}", None),
    ("PUT", "/v1/users/{ada}/notifications/read", {}),
    ("PUT", "/v1/users/{ada}/following/{ben}", None),
    ("DELETE", "/v1/users/{ada}/following/{cam}", None),
    ("PUT", "/v1/users/{ada}/blocks/{cam}", None),
    ("DELETE", "/v1/users/{ada}/blocks/{cam}", None),
    ("PUT", "/v1/users/{ada}/mutes/{cam}", None),
    ("DELETE", "/v1/users/{ada}/mutes/{cam}", None),
    ("POST", "/v1/posts", {"author_id": "{ada}", "caption": "twice?"}),
    ("PATCH", "/v1/posts/{post}", {"author_id": "{ben}", "caption": "changed"}),
    ("DELETE", "/v1/posts/{post}?author_id={ben}", None),
    ("PUT", "/v1/posts/{post}/likes/{ada}", None),
    ("DELETE", "/v1/posts/{post}/likes/{ada}", None),
    ("PUT", "/v1/posts/{post}/saves/{ada}", None),
    ("DELETE", "/v1/posts/{post}/saves/{ada}", None),
    ("PUT", "/v1/posts/{post}/shares/{ada}", None),
    ("PUT", "/v1/posts/{post}/hides/{ada}", None),
    ("PUT", "/v1/posts/{post}/reports/{ada}", None),
    ("POST", "/v1/posts/{post}/comments", {"user_id": "{ada}", "text": "twice?"}),
    ("POST", "/v1/posts/{gone}/restore?author_id={ben}", None),
    ("PUT", "/v1/comments/{comment}/likes/{cam}", None),
    ("DELETE", "/v1/comments/{comment}/likes/{cam}", None),
    ("DELETE", "/v1/comments/{comment}?user_id={ada}", None),
    ("POST", "/v1/events", {"events": [{"user_id": "{ada}", "post_id": "{post}", "action": "dwell"}]}),
]  # fmt: skip


def send(world: World, write: tuple[str, str, Any], key: str) -> Any:
    method, path, body = write
    sent = {} if body is None else {"json": filled(body, world)}
    return world.api.request(method, filled(path, world), headers={"Idempotency-Key": key}, **sent)


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write[0]}-{write[1]}")
def test_a_repeated_write_gets_the_first_answer_and_changes_nothing(
    world: World, write: tuple[str, str, Any]
) -> None:
    first = send(world, write, "key-1")
    assert first.is_success, first.text
    after = dict(rows_of(world.home))
    second = send(world, write, "key-1")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert dict(rows_of(world.home)) == after


def test_a_session_that_is_ended_again_with_the_key_gets_the_first_answer(world: World) -> None:
    world.core.sessions.begin(int(world.ada))
    ((name, _),) = world.core.sessions.of_user(int(world.ada))
    write = ("DELETE", f"/v1/users/{world.ada}/sessions/{name}", None)
    answers = [send(world, write, key).json() for key in ("key-1", "key-1", "key-2")]
    assert answers == [{"changed": True}, {"changed": True}, {"changed": False}]


KEYLESS = {
    ("POST", "/v1/sessions"),  # a token is told once and nowhere kept
    ("DELETE", "/v1/sessions/current"),
    ("DELETE", "/v1/users/{user_id}/sessions"),
    ("PUT", "/v1/users/{user_id}/password"),
}


def test_every_write_of_the_api_takes_a_key_and_is_repeated_above(world: World) -> None:
    paths = world.api.get("/openapi.json").json()["paths"]
    writes = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs if verb != "get"}
    keyless = {
        (verb, path)
        for verb, path in writes
        if "Idempotency-Key" not in {one["name"] for one in paths[path][verb.lower()].get("parameters", ())}
    }
    assert keyless == KEYLESS
    assert len(writes - keyless) == len(WRITES) + 1


def test_another_key_is_another_write(world: World) -> None:
    write = ("POST", "/v1/posts", {"author_id": "{ada}", "caption": "twice"})
    assert send(world, write, "key-1").json()["post_id"] != send(world, write, "key-2").json()["post_id"]


def test_a_key_that_is_used_for_another_request_is_refused(world: World) -> None:
    send(world, ("POST", "/v1/posts", {"author_id": "{ada}", "caption": "one"}), "key-1")
    refused = send(world, ("POST", "/v1/posts", {"author_id": "{ada}", "caption": "two"}), "key-1")
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["detail"]


def test_nothing_that_is_kept_of_a_sign_up_depends_on_its_password(world: World) -> None:
    body = {"username": "dan", "email": "dan@example.org", "password": "one of theirs"}
    first, again, other = (
        send(world, ("POST", "/v1/users", {**body, **changed}), "key-1")
        for changed in ({}, {"password": "another of theirs"}, {"username": "dana"})
    )
    assert (first.status_code, other.status_code) == (201, 422)
    assert again.content == first.content


def test_keys_belong_to_the_acting_user(world: World) -> None:
    send(world, ("PUT", "/v1/posts/{post}/likes/{ada}", None), "key-1")
    other = send(world, ("PUT", "/v1/posts/{post}/likes/{cam}", None), "key-1")
    assert other.json() == {"changed": True}


def test_a_refused_write_leaves_its_key_free(world: World) -> None:
    assert (
        send(world, ("PATCH", "/v1/posts/{post}", {"author_id": "{ada}", "caption": "x"}), "k").status_code
        == 403
    )
    assert send(world, ("POST", "/v1/posts", {"author_id": "{ada}"}), "k").status_code == 201


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    write = ("POST", "/v1/posts", {"author_id": "{ada}"})
    first = send(world, write, "key-1").json()
    world.clock.set(world.clock.now() + 25 * 3_600_000)
    assert send(world, write, "key-1").json()["post_id"] != first["post_id"]


def test_the_same_write_sent_at_the_same_time_happens_once(world: World) -> None:
    write = ("POST", "/v1/posts", {"author_id": "{cam}", "caption": "race"})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(world, write, "race").content, range(16)))
    assert len(set(answers)) == 1
    assert len(world.api.get(f"/v1/users/{world.cam}/posts").json()["items"]) == 1


def test_sign_ups_with_different_keys_do_not_wait_for_each_other() -> None:
    acting = {stand_in(f"key-{number}") for number in range(1_000)}
    assert len(acting) > 990
    assert len({id_ % DEFAULT_SHARDS for id_ in acting}) > 190
    assert stand_in("key-1") == stand_in("key-1")
    for id_ in acting:
        assert id_ > 0
        assert time_of(id_) == EPOCH_MS
