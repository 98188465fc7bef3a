"""Whom fan-out serves first, how many rows it writes at once, and where the threshold lies."""

from collections.abc import Callable

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, SetClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.timelines import NEWEST
from feed_core.model.users import NewUser
from feed_core.workers import fan_out
from tests.feed_core.workers.conftest import NOW

Open = Callable[..., FeedCore]


def people(core: FeedCore, count: int) -> list[int]:
    return [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n}") for n in range(count)])]


def writes_of(core: FeedCore, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Fills with the readers of each write of rows."""
    store, found = core.stores.timelines, list[list[int]]()
    deliver = store.deliver
    monkeypatch.setattr(
        store, "deliver", lambda rows: found.append([reader for reader, _ in rows]) or deliver(rows)
    )
    return found


def publish(core: FeedCore, author: int, count: int = 1) -> list[int]:
    return [post.post_id for post in core.posts.publish_many([NewPost(author_id=author)] * count)]


@pytest.mark.parametrize(("away", "first"), [(7 * DAY, True), (7 * DAY + 1, False)])
def test_of_a_crowd_those_who_were_here_within_a_week_come_first(
    open_core: Open, monkeypatch: pytest.MonkeyPatch, away: int, first: bool
) -> None:
    monkeypatch.setattr(fan_out, "_CHUNK", 3)
    core = open_core(clock=SetClock(NOW))
    star, *fans = people(core, 6)
    core.graph.follow_many([(fan, star) for fan in fans])
    core.drain()
    lately = max(fans)
    core.stores.activity.touch([lately], NOW - away)
    writes = writes_of(core, monkeypatch)
    publish(core, star)
    core.drain()
    served = [reader for write in writes for reader in write]
    rest = sorted(set(fans) - {lately})
    assert served == ([lately, *rest] if first else [*rest, lately])


@pytest.mark.parametrize("fans", [2, 3, 4, 6, 7])
def test_rows_are_written_in_chunks_and_each_reader_gets_each_post_once(
    open_core: Open, monkeypatch: pytest.MonkeyPatch, fans: int
) -> None:
    monkeypatch.setattr(fan_out, "_CHUNK", 3)
    core = open_core()
    star, *crowd = people(core, 1 + fans)
    core.graph.follow_many([(fan, star) for fan in crowd])
    core.drain()
    writes = writes_of(core, monkeypatch)
    posts = publish(core, star, 2)
    core.drain()
    assert max(map(len, writes)) <= 3
    assert sorted(reader for write in writes for reader in write) == sorted(crowd * 2)
    for fan in crowd:
        (rows,) = core.stores.timelines.read([(fan, NEWEST, 9)], 0)
        assert sorted(row.post_id for row in rows) == sorted(posts)


def test_a_visit_is_remembered_to_within_an_hour(open_core: Open) -> None:
    clock = SetClock(NOW)
    core = open_core(clock=clock)
    ann, ben = people(core, 2)
    (post,) = publish(core, ann)

    def looks(at: int) -> None:
        clock.set(NOW + at)
        core.engagement.record_many([NewEvent(user_id=ben, post_id=post, action="dwell", value=1.0)])
        core.drain()

    here = core.stores.activity.active
    looks(0)
    looks(HOUR)
    assert (here([ann, ben], NOW), here([ben], NOW + 1)) == ({ben}, set())
    looks(HOUR + 1)
    assert here([ann, ben], NOW + HOUR + 1) == {ben}


@pytest.mark.parametrize(
    ("threshold", "fans", "pulled"), [(1, 1, False), (1, 2, True), (4, 4, False), (4, 5, True)]
)
def test_a_person_is_pulled_above_the_threshold_and_not_at_it(
    open_core: Open, threshold: int, fans: int, pulled: bool
) -> None:
    core = open_core(celebrity_threshold=threshold)
    star, *crowd = people(core, 1 + fans)
    core.graph.follow_many([(fan, star) for fan in crowd])
    core.drain()
    assert core.stores.timelines.pulled() == ({star} if pulled else set())


@pytest.mark.parametrize(("lost", "pulled"), [(1, True), (2, True), (3, False)])
def test_who_was_pulled_stays_so_down_to_four_fifths_of_the_threshold(
    open_core: Open, lost: int, pulled: bool
) -> None:
    core = open_core(celebrity_threshold=5)
    star, *crowd = people(core, 8)
    posts = publish(core, star, 2)
    core.graph.follow_many([(fan, star) for fan in crowd])
    core.drain()
    core.graph.unfollow_many([(fan, star) for fan in crowd[:lost]])
    core.drain()
    assert core.stores.timelines.pulled() == ({star} if pulled else set())
    for fan in crowd[lost:]:
        assert {entry.post_id for entry in core.timelines.page(fan).entries} == set(posts)


def test_without_a_threshold_whoever_was_pulled_is_pushed_again(open_core: Open) -> None:
    core = open_core(celebrity_threshold=1)
    star, *crowd = people(core, 4)
    posts = publish(core, star, 2)
    core.graph.follow_many([(fan, star) for fan in crowd])
    core.drain()
    assert core.stores.timelines.pulled() == {star}
    core.close()
    core = open_core(mode="push", celebrity_threshold=1)
    assert core.stores.timelines.pulled() == set()
    for fan in crowd:
        (rows,) = core.stores.timelines.read([(fan, NEWEST, 9)], 0)
        assert {row.post_id for row in rows} == set(posts)
