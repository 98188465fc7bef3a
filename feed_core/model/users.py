"""A person with an account."""

import msgspec


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-up or an import brings. ``created_at`` (ms) defaults to the clock."""

    username: str
    full_name: str = ""
    bio: str = ""
    created_at: int | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``users``. Times are milliseconds since 1970 UTC.

    ``updated_at`` is the version of the profile, ``versions`` of those fields that were last written before
    it: the last write wins, field by field. ``deleted_at`` is 0 for an account that is not deleted.
    """

    user_id: int
    username: str
    full_name: str
    bio: str
    created_at: int
    updated_at: int
    website: str = ""
    avatar_url: str = ""
    private: bool = False
    verified: bool = False
    deleted_at: int = 0
    versions: dict[str, int] = {}


class UserStats(msgspec.Struct, frozen=True, kw_only=True):
    """Denormalised counts of one user."""

    followers: int = 0
    following: int = 0
    posts: int = 0
