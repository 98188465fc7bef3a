"""Scores for the caller's candidates over HTTP."""

import json

import pytest


def rank(client, world, post_ids, **fields):
    return client.post("/v1/rank", json={"user_id": str(world.ada), "post_ids": post_ids, **fields})


def test_candidates_come_back_best_first(world, client):
    ids = [str(id_) for id_ in world.ids("ben") + world.ids("eve")]
    answer = rank(client, world, ids).json()
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    assert {item["post_id"] for item in answer["items"]} == set(ids)
    assert answer["dropped"] == []
    assert "why" not in answer["items"][0]


def test_why_is_told_on_demand(world, client):
    answer = rank(client, world, world.ids("ben")[:2], why=True).json()
    assert {part["action"] for part in answer["items"][0]["why"]["actions"]} >= {"like", "hide"}


def test_what_may_not_be_shown_is_named_with_its_reason(world, client):
    ben, eve = world.ids("ben"), world.ids("eve")
    world.core.posts.delete_many(world.people["ben"], ben[:1])
    world.core.graph.mute_many([(world.ada, world.people["eve"])])
    answer = rank(client, world, [*ben[:3], ben[2], eve[0], 12345]).json()
    reasons = {(drop["post_id"], drop["reason"]) for drop in answer["dropped"]}
    assert reasons == {
        (str(ben[0]), "deleted_or_unknown"), (str(ben[2]), "duplicate"), (str(eve[0]), "blocked_or_muted"),
        ("12345", "deleted_or_unknown"),
    }  # fmt: skip
    assert {item["post_id"] for item in answer["items"]} == {str(ben[1]), str(ben[2])}


def test_who_muted_the_person_is_no_candidate_either(world, client):
    world.core.graph.mute_many([(world.people["eve"], world.ada)])
    answer = rank(client, world, [*world.ids("eve")[:2], *world.ids("fay")[:1]]).json()
    assert {drop["post_id"] for drop in answer["dropped"]} == set(map(str, world.ids("eve")[:2]))
    assert [item["post_id"] for item in answer["items"]] == [str(world.ids("fay")[0])]


def test_only_unknown_posts_are_no_error(world, client):
    answer = rank(client, world, [1, 2, 3])
    assert answer.status_code == 200
    assert answer.json()["items"] == []
    assert len(answer.json()["dropped"]) == 3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"post_ids": list(range(1, 1002))}, "post_ids"),
        ({"post_ids": []}, "post_ids"),
        ({"post_ids": [-1]}, "post_ids[0]"),
        ({"post_ids": [1 << 63]}, "post_ids"),
        ({"post_ids": ["x"]}, "post_ids"),
        ({"post_ids": [1], "user_id": -4}, "user_id"),
        ({"post_ids": [1], "colour": "red"}, "colour"),
        ({"post_ids": [1], "knobs": {"dance": 1}}, "dance"),
        ({"post_ids": [1], "knobs": {"like": 5}}, "like"),
        ({"post_ids": [1], "knobs": {"like": "NaN"}}, "like"),
        ({"post_ids": [1], "why": "yes please"}, "why"),
        ({"post_ids": [True]}, "post_ids"),
        ({"post_ids": [1.5]}, "post_ids"),
    ],
)
def test_a_body_that_breaks_a_rule_names_the_field(world, client, fields, told):
    answer = client.post("/v1/rank", json={"user_id": world.ada, **fields})
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert answer.json()["fix"]


NO_JSON = [
    b"", b"{", b'{"user_id": NaN}', b"\xff\xfe", b'"\\ud800"', b'{"user_id": 1, "post_ids": [1]}\x00',
    b'{"user_id": 1, "user_id": 2, "post_ids": [1]}',
    b'{"user_id": 1, "post_ids": [1], "knobs": {"like": 1, "like": 2}}',
]  # fmt: skip
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("content", NO_JSON)
def test_what_is_no_strict_json_is_told(client, content):
    answer = client.post("/v1/rank", content=content, headers=JSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fix"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_a_body_that_is_not_declared_as_json_is_refused(world, client, kind):
    content = json.dumps({"user_id": world.ada, "post_ids": world.ids("ben")})
    assert client.post("/v1/rank", content=content, headers={"content-type": kind}).status_code == 415


def test_a_body_over_a_mebibyte_is_too_large(world, client):
    content = json.dumps({"user_id": world.ada, "post_ids": [1], "pad": "x" * (1 << 20)})
    assert client.post("/v1/rank", content=content).status_code == 413


def test_an_unknown_person_is_not_found(world, client):
    answer = client.post("/v1/rank", json={"user_id": 12345, "post_ids": world.ids("ben")})
    assert answer.status_code == 404


def test_without_a_model_the_newest_come_first_and_have_no_score(world, open_client):
    answer = rank(open_client(), world, world.ids("ben")).json()
    assert answer["served_by"] == "chronological"
    assert [int(item["post_id"]) for item in answer["items"]] == world.ids("ben")
    assert {item["score"] for item in answer["items"]} == {None}
