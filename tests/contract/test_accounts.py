"""The contract of ``ports.accounts``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.model.conflicts.profiles import FIELDS, rewritten
from feed_core.model.errors import Conflict
from feed_core.model.users import User, UserStats
from feed_core.ports.accounts import Accounts


def user(id_: int, username: str) -> User:
    return User(user_id=id_, username=username, full_name="É", bio="b", created_at=1, updated_at=2)


class AccountsContract:
    adapter: Callable[[Database], Accounts]

    @pytest.fixture
    def accounts(self, database: Database) -> Accounts:
        return type(self).adapter(database)

    def test_users_come_back_as_they_were_stored(self, accounts: Accounts) -> None:
        users = [user((1 << 63) - 1, "ada"), user(2, "ben")]
        accounts.add(users)
        assert accounts.get_many([2, (1 << 63) - 1, 99]) == {each.user_id: each for each in users}
        assert accounts.existing([2, 99]) == {2}
        assert accounts.ids_of(["ada", "nobody", "o'brien"]) == {"ada": (1 << 63) - 1}

    def test_no_keys_find_nothing(self, accounts: Accounts) -> None:
        assert (accounts.get_many([]), accounts.ids_of([]), accounts.stats_many([])) == ({}, {}, {})

    def test_a_taken_username_is_a_conflict_and_stores_none(self, accounts: Accounts) -> None:
        accounts.add([user(1, "ada")])
        with pytest.raises(Conflict, match="ada"):
            accounts.add([user(2, "ben"), user(3, "ada")])
        with pytest.raises(Conflict, match="cam"):
            accounts.add([user(4, "cam"), user(5, "cam")])
        assert accounts.existing([1, 2, 3, 4, 5]) == {1}

    def test_pages_go_through_all_users_in_order_of_id(self, accounts: Accounts) -> None:
        accounts.add([user(id_, f"u{id_}") for id_ in (5, 1, 3)])
        assert [each.user_id for each in accounts.page(0, 2)] == [1, 3]
        assert [each.user_id for each in accounts.page(3, 2)] == [5]
        assert accounts.page(5, 2) == []

    def test_stats_add_up(self, accounts: Accounts) -> None:
        accounts.add_to_stats({1: UserStats(followers=2, posts=1), 2: UserStats(following=1)})
        accounts.add_to_stats({1: UserStats(followers=-1, following=4)})
        assert accounts.stats_many([1, 2, 3]) == {
            1: UserStats(followers=1, following=4, posts=1),
            2: UserStats(following=1),
        }

    def test_the_last_write_of_a_profile_stays_and_its_username_never_changes(
        self, accounts: Accounts
    ) -> None:
        first = replace(user(1, "ada"), bio="first", updated_at=10, private=True, website="https://a.example")
        accounts.add([user(1, "ada")])
        accounts.put([first, user(9, "nobody")])
        accounts.put([replace(first, bio="late", updated_at=9)])
        assert accounts.get_many([1, 9]) == {1: first}
        second = replace(first, username="eve", bio="second", updated_at=11, verified=True)
        accounts.put([second, second])
        assert accounts.get_many([1]) == {1: replace(second, username="ada")}

    def test_the_last_write_of_each_field_stays_in_either_order(self, accounts: Accounts) -> None:
        first = user(1, "ada")
        left = rewritten(rewritten(first, 10, {"private": True}), 11, {"deleted_at": 11})
        later = rewritten(first, 20, {"bio": "later"})
        for id_, writes in ((1, (left, later)), (2, (later, left)), (3, (later, left, later))):
            accounts.add([user(id_, f"u{id_}")])
            for each in writes:
                accounts.put([replace(each, user_id=id_)])
        together = replace(
            later, private=True, deleted_at=11, versions={**dict.fromkeys(FIELDS, 2), "private": 10}
        )
        del together.versions["bio"]
        assert accounts.get_many([1, 2, 3]) == {
            id_: replace(together, user_id=id_, username=f"u{id_}") for id_ in (1, 2, 3)
        }
        assert accounts.existing([1, 2, 3]) == set()

    def test_versions_of_one_moment_settle_alike_in_either_order(self, accounts: Accounts) -> None:
        accounts.add([user(1, "ada"), user(2, "ben")])
        for id_, bios in ((1, "xy"), (2, "yx")):
            for bio in bios:
                accounts.put([replace(user(id_, ""), bio=bio, updated_at=10)])
        found = accounts.get_many([1, 2])
        assert found[1].bio == found[2].bio

    def test_a_deleted_account_is_kept_but_no_longer_found(self, accounts: Accounts) -> None:
        accounts.add([user(1, "ada"), user(2, "ben"), replace(user(3, "cam"), private=True)])
        gone = replace(user(1, "ada"), deleted_at=50, updated_at=50)
        accounts.put([gone])
        assert accounts.get_many([1]) == {1: gone}
        assert (accounts.existing([1, 2]), accounts.ids_of(["ada", "ben"])) == ({2}, {"ben": 2})
        assert [each.user_id for each in accounts.page(0, 9)] == [2, 3]
        assert accounts.closed_among([1, 2, 3, 9]) == {1, 3}
        with pytest.raises(Conflict):
            accounts.add([user(4, "ada")])

    def test_accounts_are_purged_in_the_order_of_their_deletion(self, accounts: Accounts) -> None:
        accounts.add([user(id_, f"u{id_}") for id_ in (1, 2, 3)])
        accounts.put([replace(user(id_, ""), deleted_at=at, updated_at=at) for id_, at in ((1, 70), (2, 60))])
        assert accounts.deleted_before(70, 9) == [2]
        assert accounts.deleted_before(71, 9) == [2, 1]
        assert accounts.deleted_before(71, 1) == [2]
        accounts.add_to_stats({2: UserStats(posts=1)})
        accounts.purge([2, 99])
        assert (accounts.get_many([2]), accounts.stats_many([2])) == ({}, {})
        accounts.add([user(8, "u2")])


class TestSqliteAccounts(AccountsContract):
    adapter = SqliteAccounts


class TestPostgresAccounts(AccountsContract):
    @pytest.fixture
    def accounts(self, shards: Shards) -> Accounts:
        return PostgresAccounts(shards, OwnerLocks(shards))
