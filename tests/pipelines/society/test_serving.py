"""The chronological feed shows the newest unseen posts of followees, once, and logs what it showed."""

import msgspec
import numpy as np
import pytest

from feed_core.model.clock import HOUR
from feed_core.model.events import Decision, Event
from feed_core.model.posts import NewPost
from pipelines.society.serving import Chronological, Seen
from tests.pipelines.society.conftest import World, post_for


@pytest.fixture
def world(moved_in: World) -> World:
    """Eight hours of posts."""
    return post_for(moved_in, 8)


def _readers(world: World, count: int = 12) -> list[int]:
    ids: list[int] = world.society.user_ids[np.flatnonzero(world.society.user_ids)[:count]].tolist()
    return ids


def _topic(world: World, topic: str) -> list[bytes]:
    return [record.body for record in world.core.stores.events.read(topic, (0,), 100_000)]  # type: ignore[arg-type]


def test_it_shows_what_followees_posted_newest_first(world: World) -> None:
    readers = _readers(world)
    shown = Chronological(world.core, world.seen)(readers, 20)
    catalogue, ids = world.society.catalogue, world.society.user_ids
    follows = world.core.graph.following(readers)
    for user_id, row in zip(readers, shown.post_ids, strict=True):
        rows = catalogue.rows(row[row > 0])
        assert set(ids[catalogue.authors[rows]].tolist()) <= set(follows[user_id])
        assert (np.diff(catalogue.created_at[rows]) <= 0).all()


def test_no_post_is_shown_twice_and_a_short_list_ends_in_zeros(world: World) -> None:
    readers, serve = _readers(world), Chronological(world.core, world.seen)
    rounds = [serve(readers, 5).post_ids for _ in range(6)]
    for reader in range(len(readers)):
        posts = [post for part in rounds for post in part[reader].tolist() if post]
        assert len(posts) == len(set(posts))
    for part in rounds:
        assert (np.diff((part > 0).astype(int), axis=1) <= 0).all()


def test_after_what_is_new_come_older_posts_that_were_missed(world: World) -> None:
    serve, readers = Chronological(world.core, world.seen), _readers(world)
    first, second = serve(readers, 4).post_ids, serve(readers, 4).post_ids
    both = (first > 0).all(axis=1) & (second > 0).all(axis=1)
    assert both.any()
    rows = world.society.catalogue.rows
    made = world.society.catalogue.created_at
    assert (made[rows(first[both, -1])] >= made[rows(second[both, 0])]).all()


def test_every_list_is_logged_as_a_decision_with_its_impressions(world: World) -> None:
    readers = _readers(world)
    before = len(_topic(world, "decisions")), len(_topic(world, "engagement"))
    shown = Chronological(world.core, world.seen)(readers, 20)
    decisions = [msgspec.msgpack.decode(b, type=Decision) for b in _topic(world, "decisions")[before[0] :]]
    events = [msgspec.msgpack.decode(b, type=Event) for b in _topic(world, "engagement")[before[1] :]]
    by_id = {decision.decision_id: decision for decision in decisions}
    for user_id, decision_id, row in zip(readers, shown.decision_ids.tolist(), shown.post_ids, strict=True):
        if row.any():
            assert by_id[decision_id].user_id == user_id
            assert by_id[decision_id].post_ids == tuple(row[row > 0].tolist())
            assert by_id[decision_id].served_by == "chronological"
    assert {event.action for event in events} == {"impression"}
    assert len(events) == (shown.post_ids > 0).sum()


def test_a_reader_who_has_seen_everything_gets_an_empty_list_and_no_decision(world: World) -> None:
    reader = _readers(world, 1)
    seen = Seen()
    seen.add(reader[0], world.society.catalogue.post_ids.tolist())
    before = len(_topic(world, "decisions"))
    shown = Chronological(world.core, seen)(reader, 20)
    assert not shown.post_ids.any()
    assert len(_topic(world, "decisions")) == before


def test_seen_is_kept_per_reader() -> None:
    seen = Seen()
    seen.add(1, [5, 6])
    seen.add(1, [6, 7])
    assert seen.of(1) == {5, 6, 7}
    assert seen.of(2) == set()


def test_it_reads_on_past_what_was_seen_until_the_list_is_full(world: World) -> None:
    """A reader who has seen the newest hundred posts still gets what is older and unseen."""
    reader = int(world.society.user_ids[world.society.user_ids > 0][0])
    followees = world.core.graph.following([reader])[reader]
    world.clock.set(world.clock.now() + HOUR)
    old = world.core.posts.publish_many([NewPost(author_id=followees[0], caption="old")] * 5)
    world.clock.set(world.clock.now() + HOUR)
    new = world.core.posts.publish_many([NewPost(author_id=followees[0], caption="new")] * 120)
    world.core.drain()
    world.seen.add(reader, [post.post_id for post in new])
    shown = Chronological(world.core, world.seen)([reader], 5).post_ids[0].tolist()
    assert set(shown) == {post.post_id for post in old}
