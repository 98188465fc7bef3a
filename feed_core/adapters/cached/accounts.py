"""Accounts read through the caches; profiles are written through, counts are forgotten."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from feed_core.adapters.cached.counts import CachedCounts
from feed_core.adapters.cached.keys import USER
from feed_core.adapters.cached.reading import ReadThrough, packed
from feed_core.model.clock import Clock
from feed_core.model.users import User, UserStats
from feed_core.ports.accounts import Accounts
from feed_core.ports.cache import Cache


class CachedAccounts:
    """Implements ``ports.accounts.Accounts`` over ``accounts``. Usernames and lists are the store's own.

    Profiles are not kept near: who is private or has left decides what others may see.
    """

    def __init__(self, accounts: Accounts, cache: Cache, clock: Clock) -> None:
        self._accounts = accounts
        self._read = ReadThrough[User](packed(USER, User), cache, clock, accounts.get_many)
        self._counts = CachedCounts(cache, accounts.stats_many)

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        return self._read.get_many(user_ids)

    def existing(self, user_ids: Collection[int]) -> set[int]:
        return {id_ for id_, user in self._read.get_many(user_ids).items() if not user.deleted_at}

    def closed_among(self, user_ids: Collection[int]) -> set[int]:
        found = self._read.get_many(user_ids).items()
        return {id_ for id_, user in found if user.private or user.deleted_at}

    def add(self, users: Sequence[User]) -> None:
        try:
            self._accounts.add(users)
        finally:
            self._read.forget({user.user_id for user in users})

    def put(self, users: Sequence[User]) -> None:
        ids = {user.user_id for user in users}
        try:
            self._accounts.put(users)
        except BaseException:
            self._read.forget(ids)
            raise
        self._read.renew(ids)

    def purge(self, user_ids: Collection[int]) -> None:
        try:
            self._accounts.purge(user_ids)
        finally:
            self._read.forget(user_ids)
            self._counts.forget(user_ids)

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        return self._counts.get_many(user_ids)

    def add_to_stats(self, changes: Mapping[int, UserStats]) -> None:
        try:
            self._accounts.add_to_stats(changes)
        finally:
            self._counts.forget(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._accounts, name)
