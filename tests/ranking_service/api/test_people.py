"""The directory of usernames grows with the accounts and answers as a sorted list would."""

from random import Random
from types import SimpleNamespace

import pytest

from feed_core.model.ids import EPOCH_MS, first_id_at
from ranking_service.api import people as module
from ranking_service.api.people import LATE_MS, People


class Accounts:
    """Stands in for the account service: accounts in order of id, some of them deleted."""

    def __init__(self):
        self.users, self.deleted, self.pages, self.read = [], set(), 0, []

    def add(self, *names):
        self.users += [
            SimpleNamespace(user_id=len(self.users) + n, username=x) for n, x in enumerate(names, 1)
        ]

    def page(self, after_id, limit):
        self.pages += 1
        found = [user for user in self.users if user.user_id > after_id][:limit]
        self.read = [user.username for user in found]
        return found

    def existing(self, ids):
        return {id_ for id_ in ids if id_ not in self.deleted}


@pytest.fixture
def accounts():
    return Accounts()


@pytest.mark.parametrize("seed", range(3))
def test_over_a_growing_crowd_it_finds_what_a_sorted_list_holds(accounts, seed, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 7)
    random, people = Random(seed), People(accounts)
    free = [a + b + c for a in "az._0" for b in "bz._9" for c in "xyz.1"]
    random.shuffle(free)
    for _ in range(12):
        accounts.add(*[free.pop() for _ in range(random.choice([0, 1, 1, 15]))])
        for prefix in ("", "a", "az", "z", "zz", ".", "_", "none", "azx1"):
            named = sorted((u.username, u.user_id) for u in accounts.users if u.username.startswith(prefix))
            assert people.starting_with(prefix, 4) == named[:4]
            assert people.starting_with(prefix, 1_000) == named


def test_few_newcomers_are_put_in_their_place_among_many(accounts):
    people = People(accounts)
    accounts.add(*[f"m{number:03}" for number in range(400)])
    assert len(people.starting_with("", 999)) == 400
    accounts.add("a", "m2000", "z")
    found = [name for name, _ in people.starting_with("", 999)]
    assert found == sorted(user.username for user in accounts.users)


def test_whose_account_is_deleted_is_not_found_and_is_there_again_when_it_is_restored(accounts):
    people = People(accounts)
    accounts.add("ann", "anna")
    accounts.deleted = {1}
    assert people.starting_with("an", 9) == [("anna", 2)]
    accounts.deleted = set()
    assert people.starting_with("an", 9) == [("ann", 1), ("anna", 2)]


def test_accounts_that_are_known_are_not_read_again(accounts):
    people = People(accounts)
    accounts.add("ann", "ben")
    people.starting_with("", 9)
    read = accounts.pages
    people.starting_with("", 9)
    assert accounts.pages == read + 1, "to see that nobody has come"


def test_whoever_signed_up_beside_a_later_id_is_found_too(accounts):
    accounts.add("ann", "ben")
    late = accounts.users.pop(0)
    people = People(accounts)
    assert people.starting_with("", 9) == [("ben", 2)]
    accounts.users.insert(0, late)
    assert people.starting_with("", 9) == [("ann", 1), ("ben", 2)]


def test_an_account_may_be_late_by_so_long_and_then_nobody_is_read_again(accounts):
    now = 0
    people = People(accounts, lambda: now)
    accounts.add("ann", "ben")
    late = accounts.users.pop(0)
    assert people.starting_with("", 9) == [("ben", 2)]
    now = LATE_MS - 1
    assert people.starting_with("", 9) == [("ben", 2)]
    now, accounts.users = LATE_MS, [late, *accounts.users]
    for _ in range(2):
        assert people.starting_with("", 9) == [("ann", 1), ("ben", 2)]
    assert accounts.read == []


def test_only_those_are_read_again_whose_ids_are_not_much_before_the_last(accounts):
    at = [EPOCH_MS, EPOCH_MS + LATE_MS, EPOCH_MS + 2 * LATE_MS]
    accounts.users = [
        SimpleNamespace(user_id=first_id_at(ms) + 1, username=name)
        for ms, name in zip(at, "abc", strict=True)
    ]
    people = People(accounts, lambda: 0)
    for read in (["a", "b", "c"], ["b", "c"]):
        assert [name for name, _ in people.starting_with("", 9)] == ["a", "b", "c"]
        assert accounts.read == read
