"""Users and their counts in Postgres, each user on the shard ``user_id % count``."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from psycopg.types.json import Jsonb

from feed_core.adapters.journal.applying import current_step
from feed_core.adapters.postgres.directory import Claim, Directory
from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import ShardCursor, Shards
from feed_core.model.conflicts.profiles import merged_profiles
from feed_core.model.errors import Conflict
from feed_core.model.users import User, UserStats

_COLUMNS = (
    "user_id, username, full_name, bio, created_at, updated_at, website, profile_image_url,"
    " private_account, verified, deleted_at, versions"
)
_INSERT = (
    f"INSERT INTO {{s}}.users ({_COLUMNS}) VALUES ({', '.join(['%s'] * 12)}) ON CONFLICT (user_id) DO NOTHING"
)
_UPDATE = (
    "UPDATE {s}.users SET (full_name, bio, created_at, updated_at, website, profile_image_url,"
    " private_account, verified, deleted_at, versions) = (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " WHERE user_id = %s"
)
_ADD_TO_STATS = """
INSERT INTO {s}.user_stats AS old (user_id, followers_count, following_count, posts_count)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WHERE true
ON CONFLICT (user_id) DO UPDATE SET
  followers_count = old.followers_count + excluded.followers_count,
  following_count = old.following_count + excluded.following_count,
  posts_count = old.posts_count + excluded.posts_count, updated_at = excluded.updated_at
"""
_ONCE = """
WITH first AS (
  INSERT INTO {s}.applied_units (unit_id, place) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1
)
"""
_ADD_TO_STATS_ONCE = _ONCE + _ADD_TO_STATS.replace("WHERE true", "WHERE EXISTS (SELECT FROM first)")


class PostgresAccounts:
    """Implements ``ports.accounts.Accounts``."""

    def __init__(self, shards: Shards, locks: OwnerLocks) -> None:
        self._shards = shards
        self._locks = locks
        self._directory = Directory(shards, _has_username)

    def add(self, users: Sequence[User]) -> None:
        with self._locks.session():
            self.claim(users)
            rows = by_shard(users, lambda user: self._shards.of_user(user.user_id))
            self._shards.write_each(
                rows, lambda cursor, shard: cursor.executemany(_INSERT, [_row(user) for user in rows[shard]])
            )

    def claim(self, users: Sequence[User]) -> None:
        """Take the usernames for these users, whose locks stay until the session ends.

        Raises ``Conflict`` when one is taken; then none is.
        """
        twice = [name for name, times in Counter(user.username for user in users).items() if times > 1]
        if not twice:
            self._locks.take([user.user_id for user in users])
            claims = [_claim(user) for user in users]
            twice = [claim.value for claim in self._directory.claim(claims)]
            if twice:
                self._directory.release(claims)
        if twice:
            names = ", ".join(sorted(twice)[:5])
            raise Conflict(f"The username {names} is taken.", fix="Choose another username.")

    def put(self, users: Sequence[User]) -> None:
        rows = by_shard(users, lambda user: self._shards.of_user(user.user_id))
        self._shards.write_each(rows, lambda cursor, shard: _put(cursor, rows[shard]))

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        return {row[0]: _user(row) for row in self._of_users(f"SELECT {_COLUMNS} FROM {{s}}.users", user_ids)}

    def existing(self, user_ids: Collection[int]) -> set[int]:
        rows = self._of_users("SELECT user_id FROM {s}.users", user_ids, " AND deleted_at = 0")
        return {user_id for (user_id,) in rows}

    def closed_among(self, user_ids: Collection[int]) -> set[int]:
        closed = " AND (private_account OR deleted_at > 0)"
        return {user_id for (user_id,) in self._of_users("SELECT user_id FROM {s}.users", user_ids, closed)}

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]:
        claimed = self._directory.holders("username", usernames)
        rows = self._of_users(
            "SELECT username, user_id FROM {s}.users", set(claimed.values()), " AND deleted_at = 0"
        )
        return {name: user_id for name, user_id in rows if claimed.get(name) == user_id}

    def page(self, after_id: int, limit: int) -> list[User]:
        undeleted = "WHERE user_id > %s AND deleted_at = 0 ORDER BY user_id LIMIT %s"
        sql = f"SELECT {_COLUMNS} FROM {{s}}.users {undeleted}"
        rows = self._shards.read_each(sql, dict.fromkeys(self._shards.all(), (after_id, limit)))
        return [_user(row) for row in nsmallest(limit, rows, key=lambda row: row[0])]

    def deleted_before(self, before: int, limit: int) -> list[int]:
        sql = (
            "SELECT deleted_at, user_id FROM {s}.users WHERE deleted_at > 0 AND deleted_at < %s"
            " ORDER BY deleted_at, user_id LIMIT %s"
        )
        rows = self._shards.read_each(sql, dict.fromkeys(self._shards.all(), (before, limit)))
        return [user_id for _, user_id in nsmallest(limit, rows)]

    def purge(self, user_ids: Collection[int]) -> None:
        users = self.get_many(user_ids)
        ids = by_shard(user_ids, self._shards.of_user)

        def act(cursor: ShardCursor, shard: int) -> None:
            for table in ("users", "user_stats"):
                cursor.execute(f"DELETE FROM {{s}}.{table} WHERE user_id = ANY(%s)", (ids[shard],))

        self._shards.write_each(ids, act)
        self._directory.release([_claim(user) for user in users.values()])

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        counts = "SELECT user_id, followers_count, following_count, posts_count FROM {s}.user_stats"
        rows = self._of_users(counts, user_ids)
        return {row[0]: UserStats(followers=row[1], following=row[2], posts=row[3]) for row in rows}

    def add_to_stats(self, changes: Mapping[int, UserStats]) -> None:
        """Inside a unit a repeat of the same operation changes nothing."""
        ids = by_shard(sorted(changes), self._shards.of_user)

        step = current_step()
        sql, place = (_ADD_TO_STATS_ONCE, (step.unit_id, step.place)) if step else (_ADD_TO_STATS, ())

        def act(cursor: ShardCursor, shard: int) -> None:
            cursor.execute(sql, (*place, *_columns({id_: changes[id_] for id_ in ids[shard]})))

        self._shards.write_each(ids, act)

    def _of_users(self, select: str, user_ids: Collection[int], also: str = "") -> list[Any]:
        ids = by_shard(user_ids, self._shards.of_user)
        sql = f"{select} WHERE user_id = ANY(%s){also}"
        return self._shards.read_each(sql, {shard: (there,) for shard, there in ids.items()})


def _has_username(cursor: ShardCursor, claim: Claim) -> bool:
    find = "SELECT 1 FROM {s}.users WHERE user_id = %s AND username = %s"
    return cursor.execute(find, (claim.user_id, claim.value)).fetchone() is not None


def _put(cursor: ShardCursor, users: Sequence[User]) -> None:
    found = cursor.execute(
        f"SELECT {_COLUMNS} FROM {{s}}.users WHERE user_id = ANY(%s) ORDER BY user_id FOR UPDATE",
        ([user.user_id for user in users],),
    )
    stored = {row[0]: _user(row) for row in found}
    for user in users:
        old = stored.get(user.user_id)
        if old is not None:
            stored[user.user_id] = merged_profiles(old, user)
    cursor.executemany(_UPDATE, [(*_row(user)[2:], user.user_id) for user in stored.values()])


def _columns(changes: Mapping[int, UserStats]) -> list[list[int]]:
    """Ids, followers, following and posts."""
    rows = [(id_, change.followers, change.following, change.posts) for id_, change in changes.items()]
    return [list(column) for column in zip(*rows, strict=True)]


def _claim(user: User) -> Claim:
    return Claim("username", user.username, user.user_id)


def _row(user: User) -> tuple[int | str | bool | Jsonb, ...]:
    u = user
    profile = (u.user_id, u.username, u.full_name, u.bio, u.created_at, u.updated_at, u.website)
    return (*profile, u.avatar_url, u.private, u.verified, u.deleted_at, Jsonb(u.versions))


def _user(row: Any) -> User:
    return User(
        user_id=row[0], username=row[1], full_name=row[2], bio=row[3], created_at=row[4], updated_at=row[5],
        website=row[6], avatar_url=row[7], private=row[8], verified=row[9], deleted_at=row[10],
        versions=row[11],
    )  # fmt: skip
