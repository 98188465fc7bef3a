"""Ranked timelines over HTTP."""

import msgspec
import pytest

from feed_core.model.events import Decision


def logged(world) -> list[Decision]:
    records = world.core.stores.events.read("decisions", (0,), 100)
    return [msgspec.msgpack.decode(record.body, type=Decision) for record in records]


def test_a_ranked_page_says_why_and_is_logged(world, client):
    page = client.get(f"/v1/feed/{world.ada}", params={"limit": 5}).json()
    assert page["user_id"] == str(world.ada)
    assert page["model_version"] == "v1"
    assert [item["position"] for item in page["items"]] == [0, 1, 2, 3, 4]
    why = page["items"][0]["why"]
    assert why["source"] == "in_network"
    assert sum(part["contribution"] for part in why["actions"]) == pytest.approx(why["value"])
    assert [d.decision_id for d in logged(world)] == [int(page["decision_id"])]


def test_posts_carry_all_that_a_client_draws(world, client):
    post = client.get(f"/v1/feed/{world.ada}").json()["items"][0]["post"]
    assert post["author"]["username"] in {"ben", "cleo", "dan"}
    assert post["hashtags"] == ["sun"]
    assert post["created_at"].endswith("Z")
    assert post["counts"] == {"likes": 0, "comments": 0, "shares": 0, "saves": 0}
    assert post["liked"] is False


def test_the_cursor_goes_on_where_the_page_ended(world, client):
    first = client.get(f"/v1/feed/{world.ada}", params={"limit": 20}).json()
    second = client.get(f"/v1/feed/{world.ada}", params={"limit": 20, "cursor": first["next_cursor"]}).json()
    ids = [item["post"]["post_id"] for page in (first, second) for item in page["items"]]
    assert len(ids) == len(set(ids)) == 36
    assert second["next_cursor"] == ""
    assert second["items"][0]["position"] == 20


def test_knobs_turn_the_weights_of_this_request(world, client):
    turned = client.get(f"/v1/feed/{world.ada}", params={"knob": ["comment:4", "hide:0"]}).json()
    parts = {part["action"]: part for part in turned["items"][0]["why"]["actions"]}
    assert parts["comment"]["weight"] == 16
    assert parts["hide"]["contribution"] == 0


@pytest.mark.parametrize(
    ("parameters", "status", "told"),
    [
        ({"cursor": "rubbish"}, 422, "cursor"),
        ({"cursor": "x" * 401}, 422, "cursor"),
        ({"limit": 0}, 422, "limit"),
        ({"limit": 101}, 422, "limit"),
        ({"knob": "dance:2"}, 422, "dance"),
        ({"knob": "like:9"}, 422, "like"),
        ({"knob": "like:nan"}, 422, "like"),
        ({"knob": ["like:1", "like:2"]}, 422, "twice"),
        ({"knob": "like"}, 422, "like"),
    ],
)
def test_bad_parameters_get_a_clear_problem_and_log_nothing(world, client, parameters, status, told):
    answer = client.get(f"/v1/feed/{world.ada}", params=parameters)
    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert answer.json()["fix"]
    assert logged(world) == []


def test_an_unknown_user_is_not_found(client):
    answer = client.get("/v1/feed/12345")
    assert answer.status_code == 404
    assert "12345" in answer.json()["detail"]


@pytest.mark.parametrize("user", ["-1", "0", "abc", str(1 << 63)])
def test_what_is_no_user_id_breaks_a_rule(client, user):
    assert client.get(f"/v1/feed/{user}").status_code == 422


def test_the_cursor_of_another_person_is_refused(world, client):
    cursor = client.get(f"/v1/feed/{world.ada}", params={"limit": 5}).json()["next_cursor"]
    answer = client.get(f"/v1/feed/{world.people['ben']}", params={"cursor": cursor})
    assert answer.status_code == 422


def test_the_cursor_expires_after_half_an_hour(world, client):
    cursor = client.get(f"/v1/feed/{world.ada}", params={"limit": 5}).json()["next_cursor"]
    world.clock.set(world.clock.now() + 31 * 60_000)
    answer = client.get(f"/v1/feed/{world.ada}", params={"cursor": cursor})
    assert answer.status_code == 422
    assert "expired" in answer.json()["detail"]


def test_the_two_timelines_stand_side_by_side_and_nothing_is_logged(world, client):
    client.get(f"/v1/feed/{world.ada}", params={"limit": 30})
    before = len(logged(world))
    both = client.get(f"/v1/compare/{world.ada}", params={"limit": 10}).json()
    times = [item["post"]["created_at"] for item in both["chronological"]]
    assert times == sorted(times, reverse=True)
    assert len(both["ranked"]) == 10
    assert both["user"] == {
        "user_id": str(world.ada), "username": "ada", "full_name": "",
        "followers": 0, "following": 3, "posts": 0,
    }  # fmt: skip
    assert len(logged(world)) == before


def test_comparing_an_unknown_person_is_not_found(client):
    assert client.get("/v1/compare/12345").status_code == 404
