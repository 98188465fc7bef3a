"""The media of posts in the API: their metadata, for whoever may see the post."""

from typing import Any

from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_posts import VIDEO


def publish(world: World, author: str, *media: dict[str, Any]) -> str:
    answer = world.api.post("/v1/posts", json={"author_id": author, "media": list(media)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post_id"])


def test_a_posts_media_with_their_metadata(world: World) -> None:
    post = publish(world, world.ada, VIDEO, {"url": "b.jpg"})
    first, second = world.api.get(f"/v1/posts/{post}/media").json()["items"]
    assert {name: first[name] for name in VIDEO if name != "url"} | {"url": first["original_url"]} == VIDEO
    assert (first["user_id"], first["post_id"], first["thumbnail_url"]) == (world.ada, post, "")
    assert first["created_at"] == world.api.get(f"/v1/posts/{post}").json()["post"]["created_at"]
    assert (second["original_url"], second["media_type"], second["file_size"]) == ("b.jpg", "photo", 0)
    assert world.api.get(f"/v1/media/{first['media_id']}").json() == first
    assert world.api.get(f"/v1/posts/{world.post}/media").json() == {"items": [], "next_cursor": ""}


def test_one_lists_all_of_ones_own_page_by_page(world: World) -> None:
    posts = [publish(world, world.ada, {"url": f"{n}.jpg"}) for n in range(5)]
    assert world.api.delete(f"/v1/posts/{posts[0]}", params={"author_id": world.ada}).is_success
    found, cursor = [], None
    while cursor != "":
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = world.api.get(f"/v1/users/{world.ada}/media", params=params).json()
        found += [item["original_url"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == [f"{n}.jpg" for n in range(5)]


def test_media_of_a_private_account_are_for_its_followers(world: World) -> None:
    post = publish(world, world.pia, VIDEO)
    mine = world.api.get(f"/v1/posts/{post}/media", params={"reader_id": world.pia}).json()["items"]
    paths = (f"/v1/posts/{post}/media", f"/v1/media/{mine[0]['media_id']}")
    for path in paths:
        assert world.api.get(path).status_code == 404
        assert world.api.get(path, params={"reader_id": world.ada}).status_code == 404
    world.api.put(f"/v1/users/{world.pia}/follow-requests/{world.ada}")
    for path in paths:
        assert world.api.get(path, params={"reader_id": world.ada}).status_code == 200


def test_a_repeated_publish_catalogues_once(world: World) -> None:
    body, key = {"author_id": world.ada, "media": [VIDEO]}, {"Idempotency-Key": "one"}
    answers = [world.api.post("/v1/posts", json=body, headers=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(world.api.get(f"/v1/users/{world.ada}/media").json()["items"]) == 1
