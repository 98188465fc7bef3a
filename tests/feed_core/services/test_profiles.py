"""Profiles: what an edit changes, which version it makes, and what leaving ends."""

from typing import Any

import pytest

from feed_core.model.errors import InvalidInput, NotFound, Unauthenticated
from feed_core.services.accounts import MAX_BIO, MAX_FULL_NAME
from feed_core.services.profiles import MAX_URL, ProfileEdit
from tests.feed_core.services.conftest import NOW, World

FULL = ProfileEdit(
    full_name="Ann Lee", bio="Boats.", website="https://ann.example", avatar_url="media/a.jpg", private=True
)
ADDRESS = "https://"


def edit(**changes: Any) -> ProfileEdit:
    return ProfileEdit(**changes)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "Ann B."),
        ("full_name", ""),
        ("bio", ""),
        ("website", "http://b.example"),
        ("website", ""),
        ("avatar_url", ""),
        ("private", False),
    ],
)
def test_an_edit_changes_what_it_names_alone(world: World, field: str, value: object) -> None:
    before = world.core.profiles.edit(world.ann, FULL)
    after = world.core.profiles.edit(world.ann, edit(**{field: value}))
    changed = {name for name in after.__struct_fields__ if getattr(after, name) != getattr(before, name)}
    assert changed == {field, "updated_at", "versions"}
    assert getattr(after, field) == value
    assert world.core.accounts.require(world.ann) == after


def test_a_field_that_is_sent_as_it_was_is_not_written_again(world: World) -> None:
    before = world.core.profiles.edit(world.ann, FULL)
    after = world.core.profiles.edit(world.ann, edit(bio="", private=True))
    assert after.versions["private"] == before.updated_at
    assert "bio" not in after.versions


def test_versions_rise_though_the_clock_stands_still_or_steps_back(world: World) -> None:
    versions = []
    for step, bio in enumerate("abc"):
        world.clock.set(NOW - step)
        versions.append(world.core.profiles.edit(world.ann, edit(bio=bio)).updated_at)
    assert versions == [NOW + 1, NOW + 2, NOW + 3]
    world.clock.set(NOW + 99)
    assert world.core.profiles.edit(world.ann, edit(bio="d")).updated_at == NOW + 99


@pytest.mark.parametrize("same", [edit(), FULL, edit(bio="Boats."), edit(private=True)])
def test_an_edit_that_changes_nothing_makes_no_version(world: World, same: ProfileEdit) -> None:
    before = world.core.profiles.edit(world.ann, FULL)
    world.clock.set(NOW + 1_000)
    assert world.core.profiles.edit(world.ann, same) == before
    assert world.core.accounts.require(world.ann) == before


@pytest.mark.parametrize(
    "longest",
    [
        edit(full_name="é" * MAX_FULL_NAME),
        edit(bio="b" * MAX_BIO),
        edit(website=ADDRESS + "w" * (MAX_URL - len(ADDRESS))),
    ],
)
def test_the_longest_that_is_allowed_is_taken(world: World, longest: ProfileEdit) -> None:
    world.core.profiles.edit(world.ann, longest)
    assert world.core.accounts.require(world.ann).updated_at > NOW


@pytest.mark.parametrize(
    "bad",
    [
        edit(full_name="n" * (MAX_FULL_NAME + 1)),
        edit(bio="b" * (MAX_BIO + 1)),
        edit(bio="\udc00"),
        edit(website=ADDRESS + "w" * (MAX_URL - len(ADDRESS) + 1)),
        edit(website="javascript:alert(1)"),
        edit(website="ann.example"),
        edit(website=" https://ann.example"),
        edit(avatar_url="file:///etc/passwd"),
        edit(avatar_url="HTTPS://ann.example", bio="fine"),
    ],
)
def test_a_bad_value_is_refused_with_a_fix_and_changes_nothing(world: World, bad: ProfileEdit) -> None:
    before = world.state()
    with pytest.raises(InvalidInput) as refused:
        world.core.profiles.edit(world.ann, bad)
    assert refused.value.fix
    assert world.state() == before


def test_the_verified_sign_is_given_and_taken_once(world: World) -> None:
    given = world.core.profiles.set_verified(world.ann, True)
    assert (given.verified, given.updated_at) == (True, NOW + 1)
    assert world.core.profiles.set_verified(world.ann, True) == given
    taken = world.core.profiles.set_verified(world.ann, False)
    assert (taken.verified, taken.updated_at) == (False, NOW + 2)


def test_an_account_that_was_left_is_not_there_for_any_change(world: World) -> None:
    token, _ = world.core.sessions.begin(world.ann)
    world.core.profiles.delete(world.ann)
    with pytest.raises(Unauthenticated):
        world.core.sessions.of_token(token)
    before = world.core.accounts.get_many([world.ann])
    for change in (
        lambda: world.core.profiles.delete(world.ann),
        lambda: world.core.profiles.edit(world.ann, edit(bio="back")),
        lambda: world.core.profiles.set_verified(world.ann, True),
    ):
        with pytest.raises(NotFound, match=str(world.ann)):
            change()
    assert world.core.accounts.get_many([world.ann]) == before
    assert before[world.ann].deleted_at == before[world.ann].updated_at == NOW + 1


def test_opening_lets_in_whoever_waits_also_when_it_was_said_twice(world: World) -> None:
    world.core.profiles.edit(world.ann, edit(private=True))
    world.core.graph.follow_many([(who, world.ann) for who in (world.dan, world.ben, world.cam)])
    world.core.graph.block_many([(world.ann, world.cam)])
    for _ in range(2):
        world.core.profiles.edit(world.ann, edit(private=False))
    assert world.core.graph.followers([world.ann])[world.ann] == sorted([world.ben, world.dan])
    assert world.core.accounts.stats_many([world.ann])[world.ann].followers == 2
    accepted = [event.author_id for event in world.logged("graph") if event.action == "accept"]
    assert sorted(accepted) == sorted([world.ben, world.dan])
