"""What happens in the feed core reaches the rows that ranking reads."""

import msgspec
import numpy as np
import pytest

from features.definitions import VIEW_BY_NAME
from feed_core.model.clock import DAY, HOUR
from feed_core.model.events import Event, NewEvent
from feed_core.model.posts import NewPost
from ranking_service.records import Request


def row(for_you, view, *key):
    rows = for_you.online.read_many(VIEW_BY_NAME[view], np.array([key], np.int64))
    return dict(zip(VIEW_BY_NAME[view].columns, rows.matrix[0].tolist(), strict=True))


@pytest.fixture
def like(world):
    post = world.posts["ben"][0].post_id
    world.core.engagement.record_many([NewEvent(user_id=world.ada, post_id=post, action="like")])
    return post


def test_a_like_counts_from_the_next_hour_on(world, for_you, like):
    for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] != 1.0
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] == 1.0


def test_each_event_counts_once_however_often_one_catches_up(world, for_you, like):
    world.clock.set(world.clock.now() + HOUR)
    for _ in range(3):
        for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] == 1.0


def test_an_event_that_a_write_done_again_has_logged_twice_counts_once(world, for_you, like):
    log = world.core.stores.events
    (record,) = [
        r
        for r in log.read("engagement", (0,), 1_000)
        if msgspec.msgpack.decode(r.body, type=Event).post_id == like
    ]
    for _ in range(2):
        log.append("engagement", [(record.key, record.body)] * 2)
        for_you.freshness.catch_up()
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] == 1.0


def test_after_a_restart_counts_are_what_they_were_and_go_on(world, for_you, like, open_for_you):
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    again = open_for_you()
    eve = world.people["eve"]
    world.core.engagement.record_many([NewEvent(user_id=eve, post_id=like, action="like")])
    world.clock.set(world.clock.now() + HOUR)
    again.freshness.catch_up()
    assert row(again, "post_stats", like)["likes_7d"] == 2.0


def test_a_count_leaves_its_window_also_when_nobody_counted_then(world, for_you, like, open_for_you):
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    world.clock.set(world.clock.now() + 10 * DAY)
    again = open_for_you()
    again.freshness.catch_up()
    assert row(again, "post_stats", like)["likes_7d"] == 0.0


def test_a_new_post_has_its_content_row_at_once(world, for_you):
    for_you.freshness.catch_up()
    (post,) = world.core.posts.publish_many([NewPost(author_id=world.people["ben"], caption="Up #early")])
    for_you.freshness.catch_up()
    assert row(for_you, "post_content", post.post_id)["caption_length"] == len("Up #early")


def test_what_the_chronological_timeline_showed_counts_as_seen(world, promote, open_client):
    promote()
    client = open_client()
    shown = client.get(f"/v1/timeline/{world.ada}", params={"limit": 10}).json()["items"]
    client.app.state.for_you.freshness.catch_up()
    ranked = client.get(f"/v1/feed/{world.ada}", params={"limit": 50}).json()["items"]
    assert len(ranked) == 26
    assert not {i["post"]["post_id"] for i in shown} & {i["post"]["post_id"] for i in ranked}


def test_a_pass_that_failed_is_repeated_without_loss(world, for_you, like, monkeypatch):
    world.clock.set(world.clock.now() + HOUR)
    online = for_you.online
    write, failures = online.write_many, [OSError("disk full")]

    def fails_once(*args, **kwargs):
        if failures:
            raise failures.pop()
        return write(*args, **kwargs)

    monkeypatch.setattr(online, "write_many", fails_once)
    with pytest.raises(OSError, match="disk full"):
        for_you.freshness.catch_up()
    for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] == 1.0


@pytest.mark.parametrize("topic", ["engagement", "graph", "posts", "decisions"])
def test_a_record_of_another_release_keeps_nothing_back(world, for_you, like, topic):
    for_you.freshness.catch_up()
    world.core.stores.events.append(topic, [(1, b"what another release logs")])
    for_you.freshness.catch_up()
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    assert row(for_you, "post_stats", like)["likes_7d"] == 1.0


def test_a_like_changes_the_rank_of_a_post_for_that_person(world, for_you):
    before = for_you.score_candidates(world.ada, world.ids("ben"), why=True)
    least = before.items[-1]
    for name in ("ada", "cleo", "dan", "eve", "fay"):
        world.core.engagement.record_many(
            [NewEvent(user_id=world.people[name], post_id=least.post_id, action="like")]
        )
    world.clock.set(world.clock.now() + HOUR)
    for_you.freshness.catch_up()
    after = for_you.score_candidates(world.ada, world.ids("ben"))
    assert after.items[-1].post_id != least.post_id


def test_catching_up_runs_beside_the_service_until_it_is_stopped(world, for_you):
    for_you.freshness.start()
    for_you.freshness.stop()
    assert for_you.rank(Request(user_id=world.ada)).items
