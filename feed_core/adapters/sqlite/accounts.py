"""Users and their counts in SQLite."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.conflicts.profiles import merged_profiles
from feed_core.model.errors import Conflict
from feed_core.model.users import User, UserStats

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  user_id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, full_name TEXT NOT NULL, bio TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, website TEXT NOT NULL DEFAULT '',
  avatar_url TEXT NOT NULL DEFAULT '', private INTEGER NOT NULL DEFAULT 0,
  verified INTEGER NOT NULL DEFAULT 0, deleted_at INTEGER NOT NULL DEFAULT 0,
  versions TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS user_stats (
  user_id INTEGER PRIMARY KEY, followers INTEGER NOT NULL, following INTEGER NOT NULL,
  posts INTEGER NOT NULL);
"""
_LATER = {
    "website": "TEXT NOT NULL DEFAULT ''",
    "avatar_url": "TEXT NOT NULL DEFAULT ''",
    "private": "INTEGER NOT NULL DEFAULT 0",
    "verified": "INTEGER NOT NULL DEFAULT 0",
    "deleted_at": "INTEGER NOT NULL DEFAULT 0",
    "versions": "TEXT NOT NULL DEFAULT '{}'",
}
"""Columns that the first release did not have."""
_INDEXES = """
CREATE INDEX IF NOT EXISTS users_closed ON users (user_id) WHERE private OR deleted_at > 0;
CREATE INDEX IF NOT EXISTS users_deleted ON users (deleted_at) WHERE deleted_at > 0;
"""
_COLUMNS = (
    "user_id, username, full_name, bio, created_at, updated_at, website, avatar_url, private, verified,"
    " deleted_at, versions"
)
_PLACES = ", ".join("?" * 12)
_ADD_TO_STATS = """
INSERT INTO user_stats VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET
  followers = followers + excluded.followers, following = following + excluded.following,
  posts = posts + excluded.posts
"""
_versions = msgspec.json.Decoder(dict[str, int]).decode


class SqliteAccounts:
    """Implements ``ports.accounts.Accounts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)
        database.widen("users", _LATER)
        database.create(_INDEXES)

    def add(self, users: Sequence[User]) -> None:
        with self._database.transaction() as connection:
            self._refuse_taken([user.username for user in users])
            connection.executemany(
                f"INSERT INTO users ({_COLUMNS}) VALUES ({_PLACES})", (_row(user) for user in users)
            )

    def put(self, users: Sequence[User]) -> None:
        with self._database.transaction() as connection:
            stored = self.get_many({user.user_id for user in users})
            for user in users:
                old = stored.get(user.user_id)
                if old is None:
                    continue
                stays = merged_profiles(old, user)
                connection.execute(
                    f"INSERT OR REPLACE INTO users ({_COLUMNS}) VALUES ({_PLACES})", _row(stays)
                )
                stored[user.user_id] = stays

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM users WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {row[0]: _user(row) for row in rows}

    def existing(self, user_ids: Collection[int]) -> set[int]:
        rows = self._database.rows(
            "SELECT user_id FROM users WHERE deleted_at = 0 AND user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {user_id for (user_id,) in rows}

    def closed_among(self, user_ids: Collection[int]) -> set[int]:
        return self._database.marked(
            "users INDEXED BY users_closed", "user_id", "private OR deleted_at > 0", user_ids
        )

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]:
        rows = self._database.rows(
            "SELECT username, user_id FROM users WHERE deleted_at = 0"
            " AND username IN (SELECT value FROM json_each(?))",
            json_keys(usernames),
        )
        return dict(rows)

    def deleted_before(self, before: int, limit: int) -> list[int]:
        rows = self._database.rows(
            "SELECT user_id FROM users WHERE deleted_at > 0 AND deleted_at < ?"
            " ORDER BY deleted_at, user_id LIMIT ?",
            before,
            limit,
        )
        return [user_id for (user_id,) in rows]

    def purge(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            for table in ("users", "user_stats"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE user_id = ?", ((user_id,) for user_id in user_ids)
                )

    def page(self, after_id: int, limit: int) -> list[User]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM users WHERE user_id > ? AND deleted_at = 0 ORDER BY user_id LIMIT ?",
            after_id,
            limit,
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
        rows = self._database.rows(
            "SELECT username FROM users WHERE username IN (SELECT value FROM json_each(?))",
            json_keys(usernames),
        )
        taken = sorted([*(name for (name,) in rows), *twice])
        if taken:
            names = ", ".join(taken[:5])
            raise Conflict(f"The username {names} is taken.", fix="Choose another username.")


def _row(user: User) -> tuple[int | str, ...]:
    u = user
    profile = (u.user_id, u.username, u.full_name, u.bio, u.created_at, u.updated_at, u.website)
    versions = msgspec.json.encode(u.versions).decode()
    return (*profile, u.avatar_url, u.private, u.verified, u.deleted_at, versions)


def _user(row: tuple[int, str, str, str, int, int, str, str, int, int, int, str]) -> User:
    return User(
        user_id=row[0], username=row[1], full_name=row[2], bio=row[3], created_at=row[4], updated_at=row[5],
        website=row[6], avatar_url=row[7], private=bool(row[8]), verified=bool(row[9]), deleted_at=row[10],
        versions=_versions(row[11]),
    )  # fmt: skip
