"""The chronological timeline over HTTP: order, pages, hydration, and what it logs."""

import msgspec
import pytest

from feed_core.model.events import Decision, Event
from tests.feed_core.api.conftest import World, publish


def decisions(world: World) -> list[Decision]:
    records = world.core.stores.events.read("decisions", (0,), 1000)
    return [msgspec.msgpack.decode(record.body, type=Decision) for record in records]


def impressions(world: World) -> list[Event]:
    records = world.core.stores.events.read("engagement", (0,), 1000)
    events = [msgspec.msgpack.decode(record.body, type=Event) for record in records]
    return [event for event in events if event.action == "impression"]


@pytest.fixture
def followed(world: World) -> list[str]:
    """Seven posts of ben, the newest first, which ada gets."""
    world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    posts = [world.post]
    for _ in range(6):
        world.clock.set(world.clock.now() + 1000)
        posts.append(publish(world.api, world.ben))
    world.core.drain()
    return posts[::-1]


def test_the_newest_comes_first_with_all_that_is_needed_to_draw_it(world: World, followed: list[str]) -> None:
    world.api.put(f"/v1/posts/{followed[0]}/likes/{world.ada}")
    answer = world.api.get(f"/v1/timeline/{world.ada}").json()
    assert answer["served_by"] == "chronological"
    assert [item["post"]["post_id"] for item in answer["items"]] == followed
    first = answer["items"][0]
    assert (first["author"]["username"], first["via_id"], first["position"]) == ("ben", world.ben, 0)
    assert (first["liked"], first["counts"]["likes"]) == (True, 1)
    assert first["delivered_at"] == first["post"]["created_at"]


def test_pages_join_without_gaps_and_positions_count_on(world: World, followed: list[str]) -> None:
    found, positions, cursor = [], [], ""
    for _ in range(3):
        page = world.api.get(f"/v1/timeline/{world.ada}", params={"limit": 3, "cursor": cursor}).json()
        found += [item["post"]["post_id"] for item in page["items"]]
        positions += [item["position"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == followed
    assert positions == list(range(7))
    assert cursor == ""


def test_each_page_logs_its_decision_and_one_impression_per_post(world: World, followed: list[str]) -> None:
    first = world.api.get(f"/v1/timeline/{world.ada}", params={"limit": 3}).json()
    cursor = first["next_cursor"]
    second = world.api.get(f"/v1/timeline/{world.ada}", params={"limit": 3, "cursor": cursor}).json()
    logged = decisions(world)
    assert [str(one.decision_id) for one in logged] == [first["decision_id"], second["decision_id"]]
    assert logged[1].positions == (3, 4, 5)
    assert logged[0].served_by == "chronological"
    shown = [(str(one.post_id), one.position, str(one.decision_id)) for one in impressions(world)]
    assert shown == [
        (item["post"]["post_id"], item["position"], page["decision_id"])
        for page in (first, second)
        for item in page["items"]
    ]


def test_an_empty_timeline_logs_nothing(world: World) -> None:
    answer = world.api.get(f"/v1/timeline/{world.cam}").json()
    assert (answer["items"], answer["decision_id"], answer["next_cursor"]) == ([], "0", "")
    assert decisions(world) == []


def test_a_follow_counts_at_once_for_the_follower(world: World) -> None:
    world.api.put(f"/v1/users/{world.cam}/following/{world.ben}")
    assert len(world.api.get(f"/v1/timeline/{world.cam}").json()["items"]) == 1
    world.api.delete(f"/v1/users/{world.cam}/following/{world.ben}")
    assert world.api.get(f"/v1/timeline/{world.cam}").json()["items"] == []


@pytest.mark.parametrize("verb", ["blocks", "mutes"])
def test_blocked_and_muted_people_vanish_at_once(world: World, followed: list[str], verb: str) -> None:
    world.api.put(f"/v1/users/{world.ada}/{verb}/{world.ben}")
    assert world.api.get(f"/v1/timeline/{world.ada}").json()["items"] == []


def test_a_cursor_of_another_reader_is_refused(world: World, followed: list[str]) -> None:
    cursor = world.api.get(f"/v1/timeline/{world.ada}", params={"limit": 2}).json()["next_cursor"]
    refused = world.api.get(f"/v1/timeline/{world.cam}", params={"cursor": cursor})
    assert refused.status_code == 422
    assert "cursor" in refused.json()["detail"]
