"""Accounts: made all or none, read by id and by name."""

import pytest

from feed_core.model.errors import Conflict, InvalidInput, NotFound
from feed_core.model.users import NewUser, UserStats


def test_users_take_the_clock_unless_they_bring_a_time(world) -> None:
    old, new = world.core.accounts.create_many(
        [NewUser(username="old", created_at=5), NewUser(username="new", full_name="N", bio="b")]
    )
    assert (old.created_at, new.created_at) == (5, world.clock.now())
    assert world.core.accounts.get_many([old.user_id, new.user_id]) == {old.user_id: old, new.user_id: new}


def test_a_taken_username_makes_none_of_the_users(world) -> None:
    before = world.state()
    with pytest.raises(Conflict, match="ben is taken"):
        world.core.accounts.create_many([NewUser(username="eve"), NewUser(username="ben")])
    assert world.state() == before


@pytest.mark.parametrize(
    "bad",
    [
        NewUser(username="NOT allowed"),
        NewUser(username="eve", full_name="n" * 101),
        NewUser(username="eve", bio="b" * 501),
        NewUser(username="eve", created_at=-1),
        NewUser(username="eve", created_at=1 << 60),
    ],
)
def test_a_user_that_breaks_a_rule_is_refused(world, bad: NewUser) -> None:
    before = world.state()
    with pytest.raises(InvalidInput):
        world.core.accounts.create_many([NewUser(username="fine"), bad])
    assert world.state() == before


def test_unknown_users_are_named(world, nobody: int) -> None:
    with pytest.raises(NotFound, match=f"no user {nobody}"):
        world.core.accounts.require(nobody)
    with pytest.raises(InvalidInput, match="not an id"):
        world.core.accounts.require(-1)
    with pytest.raises(NotFound, match="named eve"):
        world.core.accounts.require_username("eve")
    assert world.core.accounts.get_many([nobody]) == {}


def test_users_are_found_by_name_and_paged(world) -> None:
    assert world.core.accounts.ids_of(["ann", "eve"]) == {"ann": world.ann}
    assert world.core.accounts.require_username("ann") == world.ann
    assert world.core.accounts.require(world.ann).username == "ann"
    assert [user.user_id for user in world.core.accounts.page()] == sorted(world.people)


def test_stats_are_zero_before_anything_is_counted(world) -> None:
    assert world.core.accounts.stats_many([world.ann]) == {world.ann: UserStats()}
