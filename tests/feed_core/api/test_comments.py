"""Comments: written, answered, listed, deleted."""

from tests.feed_core.api.conftest import World


def test_comments_come_newest_first_with_their_thread(world: World) -> None:
    world.clock.set(world.clock.now() + 1000)
    made = world.api.post(
        f"/v1/posts/{world.post}/comments",
        json={"user_id": world.ben, "text": "Brighton.", "parent_id": world.comment},
    )
    assert made.status_code == 201
    items = world.api.get(f"/v1/posts/{world.post}/comments").json()["items"]
    assert [item["text"] for item in items] == ["Brighton.", "Where?"]
    assert [item["parent_id"] for item in items] == [world.comment, "0"]


def test_pages_join(world: World) -> None:
    for number in range(4):
        world.clock.set(world.clock.now() + 1)
        world.api.post(f"/v1/posts/{world.post}/comments", json={"user_id": world.cam, "text": str(number)})
    texts, cursor = [], ""
    for _ in range(3):
        page = world.api.get(f"/v1/posts/{world.post}/comments", params={"limit": 2, "cursor": cursor}).json()
        texts += [item["text"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert texts == ["3", "2", "1", "0", "Where?"]
    assert cursor == ""


def test_a_deleted_comment_is_gone_and_no_longer_counted(world: World) -> None:
    gone = world.api.delete(f"/v1/comments/{world.comment}", params={"user_id": world.ada})
    assert gone.json() == {"changed": True}
    assert world.api.get(f"/v1/posts/{world.post}/comments").json()["items"] == []
    assert world.api.get(f"/v1/posts/{world.post}/counts").json()["comments"] == 0


def test_the_posts_author_may_delete_a_comment_under_it(world: World) -> None:
    gone = world.api.delete(f"/v1/comments/{world.comment}", params={"user_id": world.ben})
    assert gone.status_code == 200
