"""Engagement: once-only acts, counts, order within a batch, all or none."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.events import NewEvent
from feed_core.model.posts import PostCounts

ONCE = {
    "like": "like",
    "unlike": "like",
    "save": "save",
    "unsave": "save",
    "hide": "hide",
    "report": "report",
}
acts = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from([*ONCE, "share", "dwell"])), max_size=30
)


def test_an_event_carries_what_was_sent_and_what_is_known(world) -> None:
    post = world.post(world.ann)
    at = world.clock.now() - HOUR
    (event,) = world.core.engagement.record_many(
        [
            NewEvent(
                user_id=world.ben,
                post_id=post.post_id,
                action="dwell",
                surface="explore",
                position=4,
                decision_id=8,
                value=1_234.5,
                occurred_at=at,
            )
        ]
    )
    assert world.logged("engagement") == [event]
    assert (event.author_id, event.occurred_at, event.arrived_at) == (world.ann, at, world.clock.now())
    assert (event.surface, event.position, event.decision_id, event.value) == ("explore", 4, 8, 1_234.5)


@given(st.lists(acts, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_batches_equal_playing_the_acts_one_by_one_on_sets(world, batches) -> None:
    posts = [world.post(world.ann).post_id for _ in range(2)]
    held: set[tuple[str, int, int]] = set()
    for batch in batches:
        expected = []
        for who, which, action in batch:
            key = (ONCE.get(action, action), world.people[who], posts[which])
            turning_on = not action.startswith("un")
            if action in ("share", "dwell") or (key in held) != turning_on:
                expected.append((action, *key[1:]))
            (held.add if turning_on else held.discard)(key)
        written = world.core.engagement.record_many(
            [NewEvent(user_id=world.people[who], post_id=posts[w], action=action) for who, w, action in batch]
        )
        assert [(event.action, event.user_id, event.post_id) for event in written] == expected
    for post_id in posts:
        n = {k: sum(h[0] == k and h[2] == post_id for h in held) for k in ("like", "share", "save", "hide")}
        counts = PostCounts(likes=n["like"], shares=n["share"], saves=n["save"])
        assert world.core.posts.counts_many([post_id])[post_id] == counts
        for kind in ("like", "save", "share", "hide", "report"):
            for person in world.people:
                reacted = world.core.engagement.reacted(kind, person, [post_id])
                assert (post_id in reacted) == ((kind, person, post_id) in held)
    assert world.core.repair.recount_all() == 0


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"action": "impression"}, InvalidInput),
        ({"action": "comment"}, InvalidInput),
        ({"action": "dance"}, InvalidInput),
        ({"action": "dwell", "value": float("nan")}, InvalidInput),
        ({"action": "dwell", "value": float("inf")}, InvalidInput),
        ({"action": "dwell", "value": -1.0}, InvalidInput),
        ({"action": "dwell", "value": DAY + 1.0}, InvalidInput),
        ({"value": 1.0}, InvalidInput),
        ({"position": -2}, InvalidInput),
        ({"decision_id": -1}, InvalidInput),
        ({"surface": "s" * 65}, InvalidInput),
        ({"occurred_at": -1}, InvalidInput),
        ({"occurred_at": 1 << 50}, InvalidInput),
        ({"user_id": -1}, InvalidInput),
        ({"post_id": 1 << 63}, InvalidInput),
        ({"user_id": 4_242}, NotFound),
        ({"post_id": 4_242}, NotFound),
    ],
)
def test_one_event_that_breaks_a_rule_writes_none(world, bad: dict[str, object], error: type) -> None:
    fine = {"user_id": world.ben, "post_id": world.post(world.ann).post_id, "action": "like"}
    before = world.state()
    with pytest.raises(error) as refused:
        world.core.engagement.record_many([NewEvent(**fine), NewEvent(**fine | bad)])
    assert refused.value.fix
    assert world.state() == before


def test_a_deleted_post_is_not_engaged_with(world) -> None:
    post = world.post(world.ann)
    world.core.posts.delete_many(world.ann, [post.post_id])
    for action in ("like", "unlike", "share", "dwell"):
        with pytest.raises(NotFound, match=str(post.post_id)):
            world.core.engagement.record_many(
                [NewEvent(user_id=world.ben, post_id=post.post_id, action=action)]
            )


def test_across_a_block_one_may_only_take_back_and_turn_away(world) -> None:
    post = world.post(world.ann)

    def act(action: str) -> int:
        return len(
            world.core.engagement.record_many(
                [NewEvent(user_id=world.ben, post_id=post.post_id, action=action)]
            )
        )

    act("like")
    world.core.graph.block_many([(world.ann, world.ben)])
    for action in ("like", "share", "save", "dwell"):
        with pytest.raises(NotFound, match=str(post.post_id)):
            act(action)
    assert act("unlike") == act("report") == 1
    world.core.graph.unblock_many([(world.ann, world.ben)])
    world.core.graph.block_many([(world.ben, world.ann)])
    with pytest.raises(Forbidden, match="blocked"):
        act("like")
    assert act("hide") == 1


def test_a_users_reactions_are_read_newest_first(world) -> None:
    posts = [world.post(world.ann).post_id for _ in range(3)]
    for post_id in posts:
        world.clock.set(world.clock.now() + 1)
        world.core.engagement.record_many([NewEvent(user_id=world.ben, post_id=post_id, action="like")])
    assert [r.post_id for r in world.core.engagement.by_user("like", world.ben, 2)] == posts[:0:-1]
