"""The popularity arm: what is liked lately comes first, for everyone alike, and nothing twice."""

import msgspec
import numpy as np
import pytest

from feed_core.model.clock import DAY, HOUR
from feed_core.model.events import Decision, NewEvent
from feed_core.model.posts import NewPost
from pipelines.society.closed_loop.popularity import Popularity
from tests.pipelines.society.conftest import World


@pytest.fixture
def users(moved_in: World) -> list[int]:
    ids: list[int] = moved_in.society.user_ids[moved_in.society.user_ids > 0].tolist()
    return ids


def _post(world: World, author: int, likers: list[int]) -> int:
    post = world.core.posts.publish_many([NewPost(author_id=author, caption="a post")])[0]
    world.core.engagement.record_many(
        [NewEvent(user_id=liker, post_id=post.post_id, action="like") for liker in likers]
    )
    return post.post_id


def test_more_liked_posts_come_first_for_everyone(moved_in: World, users: list[int]) -> None:
    posts = [_post(moved_in, users[0], users[1 : 1 + likes]) for likes in (1, 5, 3)]
    shown = Popularity(moved_in.core, moved_in.seen)(users[20:23], 20)
    for row in shown.post_ids:
        assert row[:3].tolist() == [posts[1], posts[2], posts[0]]
        assert not row[3:].any()


def test_likes_fade_with_age_and_old_posts_go(moved_in: World, users: list[int]) -> None:
    old = _post(moved_in, users[0], users[1:7])
    moved_in.clock.set(moved_in.clock.now() + DAY)
    fresh = _post(moved_in, users[0], users[1:4])
    serve = Popularity(moved_in.core, moved_in.seen)
    assert serve(users[20:21], 20).post_ids[0, :2].tolist() == [fresh, old]
    moved_in.clock.set(moved_in.clock.now() + DAY + 2 * HOUR)
    assert serve(users[21:22], 20).post_ids[0, :2].tolist() == [fresh, 0]


def test_nobody_gets_their_own_posts_or_one_twice(moved_in: World, users: list[int]) -> None:
    posts = [_post(moved_in, author, users[30:40]) for author in users[:6]]
    serve = Popularity(moved_in.core, moved_in.seen)
    rounds = [serve(users[:2], 3).post_ids for _ in range(3)]
    for reader in range(2):
        shown = [post for part in rounds for post in part[reader].tolist() if post]
        assert len(shown) == len(set(shown)) == 5
        assert posts[reader] not in shown
    assert np.array_equal(serve(users[:2], 3).post_ids, np.zeros((2, 3)))


def test_its_lists_are_logged_as_its_own(moved_in: World, users: list[int]) -> None:
    _post(moved_in, users[0], users[1:3])
    shown = Popularity(moved_in.core, moved_in.seen)(users[5:6], 20)
    body = moved_in.core.stores.events.read("decisions", (0,), 10)[-1].body
    decision = msgspec.msgpack.decode(body, type=Decision)
    assert decision.decision_id == shown.decision_ids[0]
    assert decision.served_by == "popularity"
