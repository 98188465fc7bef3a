"""Last-write-wins of profiles, field by field: an edit of one field undoes nothing said in another."""

from typing import Any

import msgspec

from feed_core.model.users import User

FIELDS = ("full_name", "bio", "website", "avatar_url", "private", "verified")
"""What is written again; who left does not come back, so of deletions the later holds."""


def rewritten(user: User, at: int, changes: dict[str, Any]) -> User:
    """``user`` after a write at ``at`` (ms), which is later than any before it."""
    versions = {name: _version(user, name) for name in FIELDS if name not in changes}
    return msgspec.structs.replace(user, **changes, updated_at=at, versions=versions)


def merged_profiles(a: User, b: User) -> User:
    """What both say of one user: commutative, associative, idempotent. What never changes is of ``a``.

    Values of one version, written in two regions, are ordered by themselves: either is right, as long as
    all pick it.
    """
    at = max(a.updated_at, b.updated_at)
    fields = {name: max(_written(a, name), _written(b, name)) for name in FIELDS}
    return msgspec.structs.replace(
        a,
        **{name: value for name, (_, value) in fields.items()},
        deleted_at=max(a.deleted_at, b.deleted_at),
        updated_at=at,
        versions={name: version for name, (version, _) in fields.items() if version != at},
    )


def _version(user: User, name: str) -> int:
    return user.versions.get(name, user.updated_at)


def _written(user: User, name: str) -> tuple[int, Any]:
    return _version(user, name), getattr(user, name)
