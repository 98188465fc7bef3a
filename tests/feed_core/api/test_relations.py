"""Follows, blocks and mutes, from both ends."""

import pytest

from tests.feed_core.api.conftest import World, sign_up


def people(world: World, path: str) -> list[str]:
    """The ids of one list, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = world.api.get(path, params=query).json()
        found += [item["user_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return found


@pytest.mark.parametrize(
    ("verb", "back"), [("following", "followers"), ("blocks", "blocked-by"), ("mutes", "muted-by")]
)
def test_an_edge_is_there_at_once_from_both_ends_and_goes_when_taken_back(
    world: World, verb: str, back: str
) -> None:
    path = f"/v1/users/{world.ada}/{verb}/{world.ben}"
    state = {"state": "following"} if verb == "following" else {}
    assert world.api.put(path).json() == {"changed": True, **state}
    assert world.api.put(path).json() == {"changed": False, **state}
    assert people(world, f"/v1/users/{world.ada}/{verb}") == [world.ben]
    assert people(world, f"/v1/users/{world.ben}/{back}") == [world.ada]
    assert world.api.delete(path).json() == {"changed": True}
    assert world.api.delete(path).json() == {"changed": False}
    assert people(world, f"/v1/users/{world.ada}/{verb}") == []
    assert people(world, f"/v1/users/{world.ben}/{back}") == []


def test_pages_join_to_the_whole_list_in_order_of_id(world: World) -> None:
    others = [sign_up(world.api, f"user{number}") for number in range(5)]
    for other in others:
        world.api.put(f"/v1/users/{world.ada}/following/{other}")
        world.api.put(f"/v1/users/{other}/following/{world.ben}")
    assert people(world, f"/v1/users/{world.ada}/following") == sorted(others, key=int)
    assert people(world, f"/v1/users/{world.ben}/followers") == sorted(others, key=int)


def test_since_is_the_time_of_the_follow(world: World) -> None:
    world.clock.set(world.clock.now() + 1000)
    world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    (item,) = world.api.get(f"/v1/users/{world.ada}/following").json()["items"]
    assert item["since"] == "2026-02-02T02:40:01.000Z"


def test_a_block_ends_the_follows_and_forbids_new_ones(world: World) -> None:
    world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    world.api.put(f"/v1/users/{world.ben}/blocks/{world.ada}")
    assert people(world, f"/v1/users/{world.ada}/following") == []
    refused = world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    assert refused.status_code == 403
    assert refused.json()["title"] == "Forbidden"


@pytest.mark.parametrize(
    ("made", "read"),
    [
        ("/v1/users/{ada}/following/{other}", "/v1/users/{ada}/following"),
        ("/v1/users/{other}/following/{ada}", "/v1/users/{ada}/followers"),
        ("/v1/users/{ada}/blocks/{other}", "/v1/users/{ada}/blocks"),
        ("/v1/users/{other}/blocks/{ada}", "/v1/users/{ada}/blocked-by"),
        ("/v1/users/{ada}/mutes/{other}", "/v1/users/{ada}/mutes"),
        ("/v1/users/{other}/mutes/{ada}", "/v1/users/{ada}/muted-by"),
        ("/v1/users/{other}/following/{pia}", "/v1/users/{pia}/follow-requests"),
    ],
)
def test_no_list_shows_people_who_have_left(world: World, made: str, read: str) -> None:
    others = [sign_up(world.api, f"user{number}") for number in range(4)]
    ids = {"ada": world.ada, "pia": world.pia}
    for other in others:
        assert world.api.put(made.format(other=other, **ids)).is_success
    path = read.format(**ids)
    before = people(world, path)
    for other in others[:2]:
        assert world.api.delete(f"/v1/users/{other}").is_success
    assert people(world, path) == [id_ for id_ in before if id_ not in others[:2]]


def test_whom_one_has_asked_is_not_listed_after_leaving(world: World) -> None:
    path = f"/v1/users/{world.ada}/requested"
    assert people(world, path) == [world.pia]
    assert world.api.delete(f"/v1/users/{world.pia}").is_success
    assert people(world, path) == []
