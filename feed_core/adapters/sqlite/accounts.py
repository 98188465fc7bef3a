"""Users and their counts in SQLite."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.errors import Conflict
from feed_core.model.users import User, UserStats

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  user_id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, full_name TEXT NOT NULL, bio TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS user_stats (
  user_id INTEGER PRIMARY KEY, followers INTEGER NOT NULL, following INTEGER NOT NULL,
  posts INTEGER NOT NULL);
"""
_COLUMNS = "user_id, username, full_name, bio, created_at, updated_at"
_ADD_TO_STATS = """
INSERT INTO user_stats VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET
  followers = followers + excluded.followers, following = following + excluded.following,
  posts = posts + excluded.posts
"""


class SqliteAccounts:
    """Implements ``ports.accounts.Accounts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def add(self, users: Sequence[User]) -> None:
        with self._database.transaction() as connection:
            self._refuse_taken([user.username for user in users])
            connection.executemany(
                f"INSERT INTO users ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
                ((u.user_id, u.username, u.full_name, u.bio, u.created_at, u.updated_at) for u in users),
            )

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM users WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {row[0]: _user(row) for row in rows}

    def existing(self, user_ids: Collection[int]) -> set[int]:
        rows = self._database.rows(
            "SELECT user_id FROM users WHERE user_id IN (SELECT value FROM json_each(?))", json_keys(user_ids)
        )
        return {user_id for (user_id,) in rows}

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]:
        rows = self._database.rows(
            "SELECT username, user_id FROM users WHERE username IN (SELECT value FROM json_each(?))",
            json_keys(usernames),
        )
        return dict(rows)

    def page(self, after_id: int, limit: int) -> list[User]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM users WHERE user_id > ? ORDER BY user_id LIMIT ?", after_id, limit
        )
        return [_user(row) for row in rows]

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        rows = self._database.rows(
            "SELECT user_id, followers, following, posts FROM user_stats"
            " WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {row[0]: UserStats(followers=row[1], following=row[2], posts=row[3]) for row in rows}

    def add_to_stats(self, changes: Mapping[int, UserStats]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                _ADD_TO_STATS, ((id_, c.followers, c.following, c.posts) for id_, c in changes.items())
            )

    def _refuse_taken(self, usernames: list[str]) -> None:
        twice = [name for name, times in Counter(usernames).items() if times > 1]
        taken = sorted([*self.ids_of(usernames), *twice])
        if taken:
            names = ", ".join(taken[:5])
            raise Conflict(f"The username {names} is taken.", fix="Choose another username.")


def _user(row: tuple[int, str, str, str, int, int]) -> User:
    return User(
        user_id=row[0], username=row[1], full_name=row[2], bio=row[3], created_at=row[4], updated_at=row[5]
    )
