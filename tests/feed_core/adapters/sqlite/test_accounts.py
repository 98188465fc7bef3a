"""Accounts of a home that an earlier release made."""

from pathlib import Path

from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.model.conflicts.profiles import rewritten
from feed_core.model.users import User


def test_rows_of_the_first_release_are_read_and_written_field_by_field(tmp_path: Path) -> None:
    database = Database(tmp_path / "old.db")
    database.create(
        "CREATE TABLE users (user_id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, full_name TEXT"
        " NOT NULL, bio TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);"
    )
    with database.transaction() as connection:
        connection.execute("INSERT INTO users VALUES (1, 'ada', 'Ada', 'old', 3, 5)")
    accounts = SqliteAccounts(database)
    old = User(user_id=1, username="ada", full_name="Ada", bio="old", created_at=3, updated_at=5)
    assert accounts.get_many([1]) == {1: old}
    edited = rewritten(old, 7, {"bio": "new"})
    accounts.put([edited])
    assert accounts.get_many([1]) == {1: edited}
