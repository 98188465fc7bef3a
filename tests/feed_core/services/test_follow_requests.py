"""Private accounts: asking, answering, withdrawing."""

import pytest

from feed_core.model.errors import NotFound
from feed_core.ports.graph import Ask
from feed_core.services.profiles import ProfileEdit
from tests.feed_core.services.conftest import World


@pytest.fixture
def asked(world: World) -> World:
    """Ann is private and ben has asked."""
    world.core.profiles.edit(world.ann, ProfileEdit(private=True))
    assert world.core.graph.follow_many([(world.ben, world.ann)]) == [True]
    return world


def follows(world: World) -> list[int]:
    return world.core.graph.followers([world.ann])[world.ann]


def test_following_a_private_account_asks_once(asked: World) -> None:
    assert asked.core.graph.follow_many([(asked.ben, asked.ann), (asked.ben, asked.cam)]) == [False, True]
    assert follows(asked) == []
    assert asked.core.requests.waiting(asked.ann) == [asked.ben]
    assert [edge.target_id for edge in asked.core.requests.sent(Ask(asked.ben, 0, 9))] == [asked.ann]
    assert asked.core.accounts.stats_many([asked.ann])[asked.ann].followers == 0


def test_an_accepted_request_is_a_follow(asked: World) -> None:
    asked.core.requests.accept(asked.ann, asked.ben)
    assert follows(asked) == [asked.ben]
    assert asked.core.requests.waiting(asked.ann) == []
    assert asked.core.accounts.stats_many([asked.ann])[asked.ann].followers == 1
    assert [e.action for e in asked.logged("graph")] == ["request", "unrequest", "follow", "accept"]
    with pytest.raises(NotFound):
        asked.core.requests.accept(asked.ann, asked.ben)


def test_a_declined_request_is_gone_and_may_come_again(asked: World) -> None:
    asked.core.requests.decline(asked.ann, asked.ben)
    assert (follows(asked), asked.core.requests.waiting(asked.ann)) == ([], [])
    with pytest.raises(NotFound):
        asked.core.requests.decline(asked.ann, asked.ben)
    assert asked.core.graph.follow_many([(asked.ben, asked.ann)]) == [True]


def test_a_request_can_be_withdrawn(asked: World) -> None:
    assert asked.core.requests.withdraw_many([(asked.ben, asked.ann)] * 2) == [True, False]
    assert asked.core.requests.waiting(asked.ann) == []


def test_whoever_waits_is_let_in_when_the_account_opens(asked: World) -> None:
    asked.core.graph.follow_many([(asked.cam, asked.ann)])
    asked.core.profiles.edit(asked.ann, ProfileEdit(private=False))
    assert follows(asked) == sorted([asked.ben, asked.cam])
    assert asked.core.requests.waiting(asked.ann) == []


def test_whoever_has_left_is_not_let_in(asked: World) -> None:
    asked.core.graph.follow_many([(asked.cam, asked.ann)])
    asked.core.profiles.delete(asked.ben)
    assert asked.core.requests.waiting(asked.ann) == [asked.cam]
    asked.core.profiles.edit(asked.ann, ProfileEdit(private=False))
    assert follows(asked) == [asked.cam]
    assert asked.core.accounts.stats_many([asked.ann])[asked.ann].followers == 1


def test_followers_stay_when_an_account_becomes_private(world: World) -> None:
    world.core.graph.follow_many([(world.ben, world.ann)])
    world.core.profiles.edit(world.ann, ProfileEdit(private=True))
    assert world.core.graph.follow_many([(world.ben, world.ann)]) == [False]
    assert (follows(world), world.core.requests.waiting(world.ann)) == ([world.ben], [])


def test_a_block_ends_what_was_asked(asked: World) -> None:
    asked.core.graph.block_many([(asked.ben, asked.ann)])
    assert asked.core.requests.waiting(asked.ann) == []
