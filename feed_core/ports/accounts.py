"""Users and their counts; strong consistency."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from feed_core.model.users import User, UserStats


class Accounts(Protocol):
    """Users by id and by username."""

    def add(self, users: Sequence[User]) -> None:
        """Store new users, all or none; raises ``Conflict`` when a username is taken, be it by a deleted
        account."""

    def put(self, users: Sequence[User]) -> None:
        """Bring profiles together with the stored ones by ``merged_profiles``; usernames stay."""

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        """Users that were not purged, deleted ones too (``deleted_at`` says so)."""

    def existing(self, user_ids: Collection[int]) -> set[int]:
        """Those of ``user_ids`` that have an account which is not deleted."""

    def closed_among(self, user_ids: Collection[int]) -> set[int]:
        """Those that not everybody may see: private or deleted."""

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]:
        """Ids by username, of accounts that are not deleted."""

    def page(self, after_id: int, limit: int) -> list[User]:
        """Users in order of id, those after ``after_id``, without deleted ones."""

    def deleted_before(self, before: int, limit: int) -> list[int]:
        """Ids of accounts that were deleted before ``before`` (ms), those deleted first first."""

    def purge(self, user_ids: Collection[int]) -> None:
        """Remove rows and counts for good; their usernames are free."""

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]: ...

    def add_to_stats(self, changes: Mapping[int, UserStats]) -> None:
        """Add each field of the change to the user's counts."""
