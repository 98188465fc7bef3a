"""Whom one has just followed is in one's timeline at once, a hundred posts of each."""

import pytest

from feed_core.model.errors import Unavailable
from feed_core.model.posts import NewPost
from feed_core.services.backfill import NEWEST_OF_EACH
from tests.feed_core.services.conftest import World


def followed(world: World, posts: int) -> list[int]:
    """The posts of ben, whom ann has followed since the workers ran, newest first."""
    made = world.core.posts.publish_many([NewPost(author_id=world.ben)] * posts)
    world.core.drain()
    world.core.graph.follow_many([(world.ann, world.ben)])
    world.core.backfill.follow([(world.ann, world.ben)])
    return sorted((post.post_id for post in made), reverse=True)


def test_the_newest_posts_are_there_and_all_once_fan_out_has_come(world: World) -> None:
    posts = followed(world, NEWEST_OF_EACH + 5)

    def read() -> list[int]:
        return [entry.post_id for entry in world.core.timelines.page(world.ann, 100).entries]

    assert read() == posts[:NEWEST_OF_EACH]
    world.core.graph.unfollow_many([(world.ann, world.ben)])
    assert read() == []
    world.core.graph.follow_many([(world.ann, world.ben)])
    world.core.drain()
    assert read() == posts[:100]
    assert len(world.core.stores.timelines.read([(world.ann, (1 << 62, 0, 0), 500)], 0)[0]) == len(posts)


def test_a_follow_stands_where_the_rows_cannot_be_written_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise Unavailable("Nobody answers.")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.core.stores.timelines), "deliver", lambda _, rows: away(rows))
        world.core.posts.publish_many([NewPost(author_id=world.ben)])
        world.core.graph.follow_many([(world.ann, world.ben)])
        world.core.backfill.follow([(world.ann, world.ben)])
    assert world.core.graph.following([world.ann]) == {world.ann: [world.ben]}
    world.core.drain()
    assert len(world.core.timelines.page(world.ann).entries) == 1
