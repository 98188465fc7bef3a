"""The media catalogue: written with the post, seen by whoever may see it, gone when it is gone for good."""

import msgspec
import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.ids import DEFAULT_SHARDS, shard_of
from feed_core.model.media import Media
from feed_core.model.posts import MediaRef, NewPost, Post
from tests.feed_core.services.conftest import World

PHOTO = MediaRef(url="pier.jpg", width=1080, height=1350, file_size=90_000, format="jpeg")
VIDEO = MediaRef(url="sea.mp4", media_type="video", duration_ms=9_000, file_size=1 << 33, format="mp4")


def publish(world: World, author: int, *media: MediaRef) -> Post:
    return world.core.posts.publish_many([NewPost(author_id=author, media=media)])[0]


def logged(world: World) -> list[Media]:
    records = world.core.stores.events.read("media", (0,), 1_000)
    assert all(msgspec.msgpack.decode(r.body, type=Media).user_id == r.key for r in records)
    return [msgspec.msgpack.decode(record.body, type=Media) for record in records]


def test_what_a_post_shows_is_catalogued_with_it_in_its_order(world: World) -> None:
    post, bare = publish(world, world.ann, VIDEO, PHOTO), publish(world, world.ann)
    found = world.core.media.of_post(world.ben, post.post_id)
    assert [(m.original_url, m.media_type, m.format) for m in found] == [
        ("sea.mp4", "video", "mp4"), ("pier.jpg", "photo", "jpeg"),
    ]  # fmt: skip
    assert (found[0].duration_ms, found[0].file_size, found[1].width, found[1].height) == (
        9_000, 1 << 33, 1080, 1350,
    )  # fmt: skip
    assert {(m.user_id, m.post_id, m.created_at) for m in found} == {
        (world.ann, post.post_id, post.created_at)
    }
    assert {shard_of(m.media_id) for m in found} == {world.ann % DEFAULT_SHARDS}
    assert world.core.media.of_post(world.ben, bare.post_id) == []
    assert logged(world) == found


def test_many_posts_of_many_authors_are_told_apart(world: World) -> None:
    posts = world.core.posts.publish_many(
        [NewPost(author_id=who, media=(PHOTO,) * n) for n, who in enumerate(world.people)]
    )
    for n, post in enumerate(posts):
        found = world.core.media.of_post(0, post.post_id)
        assert [m.user_id for m in found] == [post.author_id] * n
        assert world.core.media.of_user(post.author_id, 0, 100) == found
    assert len({m.media_id for m in logged(world)} | {p.post_id for p in posts}) == 6 + 4


def test_a_refused_post_catalogues_nothing(world: World) -> None:
    with pytest.raises(InvalidInput):
        publish(world, world.ann, PHOTO, MediaRef(url=""))
    with pytest.raises(NotFound):
        world.core.posts.publish_many(
            [NewPost(author_id=world.ann, media=(PHOTO,)), NewPost(author_id=4_242, media=(PHOTO,))]
        )
    assert (logged(world), world.core.media.of_user(world.ann, 0, 9)) == ([], [])


def test_media_are_seen_where_their_post_is(world: World) -> None:
    post = publish(world, world.ann, PHOTO)
    (media,) = world.core.media.of_post(world.ben, post.post_id)
    assert world.core.media.require(world.ben, media.media_id) == media
    world.core.graph.block_many([(world.ann, world.ben)])
    refused(world, world.ben, media)
    assert world.core.media.require(world.cam, media.media_id) == media
    world.core.posts.delete_many(world.ann, [post.post_id])
    refused(world, world.cam, media)
    assert world.core.media.of_user(world.ann, 0, 9) == [media]
    world.core.posts.restore(world.ann, post.post_id)
    assert world.core.media.require(world.cam, media.media_id) == media
    assert logged(world) == [media]


def test_media_go_when_the_post_is_gone_for_good(world: World) -> None:
    post, kept = publish(world, world.ann, PHOTO, VIDEO), publish(world, world.ann, PHOTO)
    world.core.posts.delete_many(world.ann, [post.post_id])
    world.clock.set(world.clock.now() + 31 * DAY)
    assert world.core.archive.run() == (1, 0)
    assert [m.post_id for m in world.core.media.of_user(world.ann, 0, 9)] == [kept.post_id]


def refused(world: World, reader: int, media: Media) -> None:
    with pytest.raises(NotFound):
        world.core.media.require(reader, media.media_id)
    with pytest.raises(NotFound):
        world.core.media.of_post(reader, media.post_id)
