"""Posts: published, read with author and counts, changed, deleted, listed."""

from tests.feed_core.api.conftest import World, publish

VIDEO = {
    "url": "a.mp4", "media_type": "video", "width": 10, "height": 20, "duration_ms": 9, "file_size": 1 << 33,
    "format": "mp4",
}  # fmt: skip


def test_a_post_is_read_back_with_author_counts_and_media(world: World) -> None:
    made = world.api.post(
        "/v1/posts",
        json={
            "author_id": world.ada,
            "caption": "With @ben at the #Harbour",
            "hashtags": ["sea", "#Boats"],
            "place": "Brighton",
            "media": [VIDEO],
        },
    )
    assert made.status_code == 201
    post = made.json()
    assert post["hashtags"] == ["sea", "boats", "harbour"]
    assert post["mentions"] == [world.ben]
    assert post["media"] == [VIDEO]
    shown = world.api.get(f"/v1/posts/{post['post_id']}").json()
    assert shown["post"] == post
    assert shown["author"]["username"] == "ada"
    assert shown["counts"] == {"likes": 0, "comments": 0, "shares": 0, "saves": 0}
    assert shown["liked"] is False


def test_liked_is_the_readers_own(world: World) -> None:
    world.api.put(f"/v1/posts/{world.post}/likes/{world.ada}")
    path = f"/v1/posts/{world.post}"
    assert world.api.get(path, params={"reader_id": world.ada}).json()["liked"] is True
    assert world.api.get(path, params={"reader_id": world.cam}).json()["liked"] is False


def test_an_edit_changes_what_is_given_and_keeps_the_rest(world: World) -> None:
    world.clock.set(world.clock.now() + 5000)
    edited = world.api.patch(f"/v1/posts/{world.post}", json={"author_id": world.ben, "place": "Hove"})
    assert edited.status_code == 200
    post = edited.json()
    assert (post["caption"], post["place"], post["hashtags"]) == ("First light #sunrise", "Hove", ["sunrise"])
    assert post["updated_at"] > post["created_at"]
    assert world.api.get(f"/v1/posts/{world.post}").json()["post"] == post


def test_hashtags_may_be_emptied(world: World) -> None:
    post = publish(world.api, world.ada)
    world.api.patch(f"/v1/posts/{post}", json={"author_id": world.ada, "hashtags": ["a", "b"]})
    emptied = world.api.patch(f"/v1/posts/{post}", json={"author_id": world.ada, "hashtags": []})
    assert emptied.json()["hashtags"] == []


def test_a_deleted_post_is_gone_at_once(world: World) -> None:
    gone = world.api.delete(f"/v1/posts/{world.post}", params={"author_id": world.ben})
    assert gone.json() == {"changed": True}
    for path in ("", "/counts", "/comments", "/likes"):
        assert world.api.get(f"/v1/posts/{world.post}{path}").status_code == 404
    assert world.api.get(f"/v1/users/{world.ben}/posts").json()["items"] == []
    again = world.api.delete(f"/v1/posts/{world.post}", params={"author_id": world.ben})
    assert again.status_code == 404


def test_an_authors_posts_come_newest_first_page_by_page(world: World) -> None:
    made = []
    for _ in range(5):
        world.clock.set(world.clock.now() + 1000)
        made.append(publish(world.api, world.cam))
    path, found, cursor = f"/v1/users/{world.cam}/posts", [], ""
    for _ in range(3):
        page = world.api.get(path, params={"limit": 2, "cursor": cursor}).json()
        found += [item["post"]["post_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == made[::-1]
    assert cursor == ""


def test_counts_follow_likes_shares_saves_and_comments(world: World) -> None:
    for kind in ("likes", "shares", "saves"):
        world.api.put(f"/v1/posts/{world.post}/{kind}/{world.ada}")
    world.core.drain()
    counts = world.api.get(f"/v1/posts/{world.post}/counts").json()
    assert counts == {"likes": 1, "comments": 1, "shares": 1, "saves": 1}
