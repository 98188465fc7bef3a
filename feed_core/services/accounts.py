"""Sign-up and reading of accounts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zlib import crc32

from feed_core.model.clock import Clock
from feed_core.model.errors import NotFound
from feed_core.model.ids import Ids
from feed_core.model.rules import check_length, check_time, check_username
from feed_core.model.users import NewUser, User, UserStats
from feed_core.ports.accounts import Accounts
from feed_core.services.presence import require_users

MAX_FULL_NAME = 100
MAX_BIO = 500


@dataclass(frozen=True)
class AccountService:
    """Users by id and by username."""

    accounts: Accounts
    clock: Clock
    ids: Ids

    def create_many(self, new_users: Sequence[NewUser]) -> list[User]:
        """Store new users, all or none; raises ``InvalidInput`` and ``Conflict`` (a taken username)."""
        now = self.clock.now()
        for new in new_users:
            check_new_user(new, now)
        ids = self.ids.for_owners([crc32(new.username.encode()) for new in new_users])
        users = [user_of(new, id_, now) for new, id_ in zip(new_users, ids, strict=True)]
        if users:
            self.accounts.add(users)
        return users

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        """Those that exist."""
        return self.accounts.get_many(user_ids)

    def existing(self, user_ids: Collection[int]) -> set[int]:
        """Those that have an account which is not deleted."""
        return self.accounts.existing(user_ids)

    def require(self, user_id: int) -> User:
        """The user, or ``NotFound``."""
        require_users(self.accounts, (user_id,))
        return self.accounts.get_many((user_id,))[user_id]

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]:
        """Ids by username, of those that exist."""
        return self.accounts.ids_of(usernames)

    def require_username(self, username: str) -> int:
        """The id behind a username, or ``NotFound``."""
        check_username(username)
        ids = self.accounts.ids_of((username,))
        if not ids:
            raise NotFound(f"There is no user named {username}.", fix="Check the username.")
        return ids[username]

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        """Counts of every user that was asked for; zeros where nothing was counted yet."""
        stored = self.accounts.stats_many(user_ids)
        return {id_: stored.get(id_) or UserStats() for id_ in user_ids}

    def page(self, after_id: int = 0, limit: int = 100) -> list[User]:
        """Users in order of id, those after ``after_id``."""
        return self.accounts.page(after_id, limit)


def check_new_user(new: NewUser, now: int) -> None:
    """Raises ``InvalidInput``."""
    check_username(new.username)
    check_length(new.full_name, "full name", MAX_FULL_NAME)
    check_length(new.bio, "bio", MAX_BIO)
    if new.created_at is not None:
        check_time(new.created_at, now, "created_at")


def user_of(new: NewUser, user_id: int, now: int) -> User:
    """The row of a new account."""
    created_at = now if new.created_at is None else new.created_at
    return User(
        user_id=user_id,
        username=new.username,
        full_name=new.full_name,
        bio=new.bio,
        created_at=created_at,
        updated_at=created_at,
    )
