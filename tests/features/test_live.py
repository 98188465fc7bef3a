"""What is appended to the log reaches the online rows, also after a restart."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from features import live
from features.definitions import VIEW_BY_NAME
from features.live import LiveFeatures, first_offset
from features.online import OnlineRows, open_online
from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, SetClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost, Post
from feed_core.model.users import NewUser

START = 20_000 * DAY
LIKES = VIEW_BY_NAME["post_stats"].columns.index("likes_1d")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def core(tmp_path: Path, clock: SetClock) -> Iterator[FeedCore]:
    opened = FeedCore.open(tmp_path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def online(tmp_path: Path) -> Iterator[OnlineRows]:
    rows = open_online(tmp_path / "features/online.sqlite")
    yield rows
    rows.close()


def published(core: FeedCore) -> tuple[Post, list[int]]:
    people = core.accounts.create_many([NewUser(username=f"u{i}") for i in range(4)])
    (post,) = core.posts.publish_many([NewPost(author_id=people[0].user_id, caption="#sea")])
    return post, [person.user_id for person in people[1:]]


def like(core: FeedCore, post: Post, user: int) -> None:
    core.engagement.record_many([NewEvent(user_id=user, post_id=post.post_id, action="like")])


def likes(online: OnlineRows, post: Post) -> float:
    row = online.read_many(VIEW_BY_NAME["post_stats"], np.array([post.post_id])).matrix[0]
    return float(np.nan_to_num(row[LIKES]))


def test_a_post_is_known_at_once_and_a_like_when_its_hour_is_over(
    core: FeedCore, online: OnlineRows, clock: SetClock
) -> None:
    follower = LiveFeatures(core.stores.events, online, clock.now())
    post, people = published(core)
    like(core, post, people[0])
    assert follower.catch_up(clock.now()) == 1
    content = online.read_many(VIEW_BY_NAME["post_content"], np.array([post.post_id]), names=True).lists
    assert content is not None
    assert content.names == ("sea",)
    assert likes(online, post) == 0
    clock.set(START + HOUR)
    follower.catch_up(clock.now())
    assert likes(online, post) == 1
    assert follower.catch_up(clock.now()) == 0


def test_a_restart_goes_on_where_the_rows_stand(
    core: FeedCore, online: OnlineRows, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BATCH", 2)
    post, people = published(core)
    for hour, person in enumerate(people):
        clock.set(START + hour * HOUR)
        like(core, post, person)
    LiveFeatures(core.stores.events, online, START + 2 * HOUR)
    assert likes(online, post) == 2
    follower = LiveFeatures(core.stores.events, online, START + 3 * HOUR)
    assert likes(online, post) == 3
    follower.catch_up(START + DAY + 2 * HOUR)
    assert likes(online, post) == 1


def test_an_edit_replaces_the_content_row(core: FeedCore, online: OnlineRows, clock: SetClock) -> None:
    post, _ = published(core)
    follower = LiveFeatures(core.stores.events, online, clock.now())
    clock.set(START + HOUR)
    core.posts.edit(post.author_id, post.post_id, caption="#snow and more")
    follower.catch_up(clock.now())
    rows = online.read_many(VIEW_BY_NAME["post_content"], np.array([post.post_id]), names=True)
    assert rows.lists is not None
    assert rows.lists.names == ("snow",)
    assert rows.event_times.tolist() == [START + HOUR]


def test_only_the_events_that_count_are_read_again(core: FeedCore, clock: SetClock) -> None:
    post, people = published(core)
    for hour, person in enumerate(people):
        clock.set(START + hour * HOUR)
        like(core, post, person)
    log = core.stores.events
    likes_only = [msgspec.msgpack.decode(r.body) for r in log.read("engagement", 0, 99)]
    assert len(likes_only) == 3
    assert [first_offset(log, "engagement", START + h * HOUR) for h in (0, 1, 2, 3)] == [0, 1, 2, 3]
