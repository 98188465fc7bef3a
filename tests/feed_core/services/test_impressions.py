"""Decisions and their impressions: both or neither, each once."""

import msgspec
import pytest

from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.events import Decision


@pytest.fixture
def decision(world) -> Decision:
    posts = [world.post(world.ann), world.post(world.cam)]
    return Decision(
        decision_id=77,
        occurred_at=world.clock.now(),
        user_id=world.ben,
        surface="for_you",
        served_by="full",
        model_version="1",
        definitions_hash="h",
        post_ids=tuple(post.post_id for post in posts),
        author_ids=tuple(post.author_id for post in posts),
        positions=(0, 1),
        sources=("in_network", "trending"),
        scores=(0.5, 0.25),
        features=b"\x00" * 16,
    )


def test_a_decision_is_logged_with_one_impression_per_post(world, decision: Decision) -> None:
    world.core.impressions.log_many([decision])
    assert world.logged_decisions() == [decision]
    impressions = world.logged("engagement")
    assert [(e.action, e.post_id, e.author_id, e.position) for e in impressions] == [
        ("impression", decision.post_ids[0], world.ann, 0),
        ("impression", decision.post_ids[1], world.cam, 1),
    ]
    assert {(e.decision_id, e.surface, e.user_id) for e in impressions} == {(77, "for_you", world.ben)}
    assert len({e.event_id for e in impressions}) == 2


def test_a_decision_that_is_logged_already_is_passed_over(world, decision: Decision) -> None:
    other = msgspec.structs.replace(decision, decision_id=78)
    world.core.impressions.log_many([decision])
    world.core.impressions.log_many([decision, other, other])
    assert [d.decision_id for d in world.logged_decisions()] == [77, 78]
    assert len(world.logged("engagement")) == 4


def test_a_post_that_was_deleted_since_it_was_shown_is_logged(world, decision: Decision) -> None:
    world.core.posts.delete_many(world.ann, [decision.post_ids[0]])
    world.core.impressions.log_many([decision])
    assert len(world.logged("engagement")) == 2


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"author_ids": (1,)}, InvalidInput),
        ({"positions": (0,)}, InvalidInput),
        ({"positions": (0, -1)}, InvalidInput),
        ({"sources": ()}, InvalidInput),
        ({"scores": (1.0,)}, InvalidInput),
        ({"propensities": (1.0,)}, InvalidInput),
        ({"decision_id": 0}, InvalidInput),
        ({"post_ids": (-1, 5)}, InvalidInput),
        ({"surface": "s" * 65}, InvalidInput),
        ({"occurred_at": 1 << 50}, InvalidInput),
        ({"post_ids": (4_242, 4_243)}, NotFound),
        ({"user_id": 4_242}, NotFound),
    ],
)
def test_one_decision_that_breaks_a_rule_logs_none(world, decision: Decision, bad, error: type) -> None:
    before = world.state()
    wrong = msgspec.structs.replace(decision, **{"decision_id": 78} | bad)
    with pytest.raises(error) as refused:
        world.core.impressions.log_many([decision, wrong])
    assert refused.value.fix
    assert world.state() == before
    world.core.impressions.log_many([])


def test_what_was_just_shown_is_logged_without_asking_whether_it_was(world, decision: Decision) -> None:
    other = msgspec.structs.replace(decision, decision_id=78, user_id=world.ann)
    world.core.impressions.log_shown([decision, other])()
    assert sorted(d.decision_id for d in world.logged_decisions()) == [77, 78]
    impressions = world.logged("engagement")
    assert [(e.decision_id, e.user_id) for e in impressions].count((78, world.ann)) == 2
    assert len({e.event_id for e in impressions}) == len(impressions) == 4
    world.core.impressions.log_shown([])()
    wrong = msgspec.structs.replace(decision, decision_id=79, positions=(-1, 1))
    with pytest.raises(InvalidInput):
        world.core.impressions.log_shown([other, wrong])
    assert len(world.logged_decisions()) == 2
