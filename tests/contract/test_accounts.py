"""The contract of ``ports.accounts``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
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


class TestSqliteAccounts(AccountsContract):
    adapter = SqliteAccounts
