"""Likes, saves, shares, hides, reports: once per person, listed, taken back."""

import pytest

from tests.feed_core.api.conftest import World, publish


@pytest.mark.parametrize("kind", ["likes", "saves", "hides", "reports"])
def test_a_reaction_counts_once_however_often_it_is_sent(world: World, kind: str) -> None:
    path = f"/v1/posts/{world.post}/{kind}/{world.ada}"
    assert world.api.put(path).json() == {"changed": True}
    assert world.api.put(path).json() == {"changed": False}


@pytest.mark.parametrize("kind", ["likes", "saves"])
def test_a_like_and_a_save_can_be_taken_back(world: World, kind: str) -> None:
    path = f"/v1/posts/{world.post}/{kind}/{world.ada}"
    world.api.put(path)
    assert world.api.delete(path).json() == {"changed": True}
    assert world.api.delete(path).json() == {"changed": False}
    assert world.api.get(f"/v1/posts/{world.post}/counts").json()[kind] == 0


def test_a_share_reaches_the_sharers_followers(world: World) -> None:
    world.api.put(f"/v1/users/{world.cam}/following/{world.ada}")
    world.api.put(f"/v1/posts/{world.post}/shares/{world.ada}")
    world.core.drain()
    (item,) = world.api.get(f"/v1/timeline/{world.cam}").json()["items"]
    assert (item["post"]["post_id"], item["via_id"]) == (world.post, world.ada)


def test_who_likes_a_post_is_listed_page_by_page(world: World) -> None:
    likers = [world.ada, world.ben, world.cam]
    for user in likers:
        world.api.put(f"/v1/posts/{world.post}/likes/{user}")
    first = world.api.get(f"/v1/posts/{world.post}/likes", params={"limit": 2}).json()
    rest = world.api.get(f"/v1/posts/{world.post}/likes", params={"cursor": first["next_cursor"]}).json()
    found = [item["user_id"] for item in first["items"] + rest["items"]]
    assert found == sorted(likers, key=int)
    assert rest["next_cursor"] == ""


@pytest.mark.parametrize("kind", ["likes", "saves"])
def test_what_a_user_likes_or_saves_comes_newest_first_without_what_was_deleted(
    world: World, kind: str
) -> None:
    posts = [publish(world.api, world.ben) for _ in range(3)]
    for post in posts:
        world.clock.set(world.clock.now() + 1000)
        world.api.put(f"/v1/posts/{post}/{kind}/{world.ada}")
    world.api.delete(f"/v1/posts/{posts[1]}", params={"author_id": world.ben})
    items = world.api.get(f"/v1/users/{world.ada}/{kind}").json()["items"]
    assert [item["post"]["post_id"] for item in items] == [posts[2], posts[0]]


def test_where_it_was_seen_is_kept_with_the_event(world: World) -> None:
    import msgspec

    from feed_core.model.events import Event

    world.api.put(
        f"/v1/posts/{world.post}/likes/{world.ada}",
        params={"decision_id": "77", "position": 4, "surface": "for_you"},
    )
    record = world.core.stores.events.read("engagement", (0,), 100)[-1]
    event = msgspec.msgpack.decode(record.body, type=Event)
    assert (event.action, event.decision_id, event.position, event.surface) == ("like", 77, 4, "for_you")
