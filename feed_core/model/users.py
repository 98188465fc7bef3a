"""A person with an account."""

import msgspec


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-up or an import brings. ``created_at`` (ms) defaults to the clock."""

    username: str
    full_name: str = ""
    bio: str = ""
    created_at: int | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``users``. Times are milliseconds since 1970 UTC."""

    user_id: int
    username: str
    full_name: str
    bio: str
    created_at: int
    updated_at: int


class UserStats(msgspec.Struct, frozen=True, kw_only=True):
    """Denormalised counts of one user."""

    followers: int = 0
    following: int = 0
    posts: int = 0
