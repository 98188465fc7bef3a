"""Profiles written in three regions come to the same in every order, and no field undoes another."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.conflicts.profiles import FIELDS, merged_profiles, rewritten
from feed_core.model.users import User

REGIONS = ("eu", "us", "ap")
NEW = User(user_id=1, username="ada", full_name="", bio="", created_at=0, updated_at=0)
changes = st.one_of(
    st.fixed_dictionaries({}, optional={"bio": st.sampled_from("xyz"), "full_name": st.sampled_from("ab")}),
    st.fixed_dictionaries({"private": st.booleans()}),
    st.just({"deleted_at": None}),
)
steps = st.lists(
    st.tuples(st.sampled_from(REGIONS), st.sampled_from(REGIONS) | changes, st.integers(1, 9)), max_size=20
)
History = list[tuple[str, str | dict[str, Any], int]]


def played(history: History) -> tuple[dict[str, User], list[tuple[str, int, Any]]]:
    """Each region's profile after writes and merges (another region), clocks askew; and (field, version,
    value) of every write. ``deleted_at`` is the moment of its write, as in the services."""
    users, writes = dict.fromkeys(REGIONS, NEW), [(name, 0, getattr(NEW, name)) for name in FIELDS]
    for region, what, clock in history:
        if isinstance(what, str):
            users[region] = merged_profiles(users[region], users[what])
            continue
        at = max(clock, users[region].updated_at + 1)
        new = {name: at if name == "deleted_at" else value for name, value in what.items()}
        users[region] = rewritten(users[region], at, new)
        writes += [(name, at, value) for name, value in new.items()]
    return users, writes


@given(steps)
@settings(max_examples=300, deadline=None)
def test_merging_is_commutative_associative_and_idempotent(history: History) -> None:
    a, b, c = played(history)[0].values()
    assert merged_profiles(a, b) == merged_profiles(b, a)
    assert merged_profiles(merged_profiles(a, b), c) == merged_profiles(a, merged_profiles(b, c))
    assert merged_profiles(a, a) == a
    assert merged_profiles(merged_profiles(a, b), b) == merged_profiles(a, b)


@given(steps)
@settings(max_examples=300, deadline=None)
def test_each_field_is_what_its_own_last_write_said_and_who_left_stays_away(history: History) -> None:
    users, writes = played(history)
    together = merged_profiles(merged_profiles(users["eu"], users["us"]), users["ap"])
    for field in FIELDS:
        last = max((version, value) for name, version, value in writes if name == field)
        assert getattr(together, field) == last[1]
    left = [version for name, version, _ in writes if name == "deleted_at"]
    assert together.deleted_at == max(left, default=0)
    assert together.updated_at == max(user.updated_at for user in users.values())


def test_a_row_of_an_earlier_release_counts_as_written_whole() -> None:
    old = User(user_id=1, username="ada", full_name="A", bio="old", created_at=0, updated_at=5)
    before, after = rewritten(NEW, 4, {"bio": "x"}), rewritten(NEW, 6, {"bio": "x"})
    assert merged_profiles(old, before) == old
    assert (merged_profiles(old, after).bio, merged_profiles(old, after).full_name) == ("x", "A")
