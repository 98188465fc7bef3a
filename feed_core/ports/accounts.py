"""Users and their counts; strong consistency."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from feed_core.model.users import User, UserStats


class Accounts(Protocol):
    """Users by id and by username."""

    def add(self, users: Sequence[User]) -> None:
        """Store new users, all or none; raises ``Conflict`` when a username is taken."""

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]: ...

    def existing(self, user_ids: Collection[int]) -> set[int]:
        """Those of ``user_ids`` that have an account."""

    def ids_of(self, usernames: Collection[str]) -> dict[str, int]: ...

    def page(self, after_id: int, limit: int) -> list[User]:
        """Users in order of id, those after ``after_id``."""

    def stats_many(self, user_ids: Collection[int]) -> dict[int, UserStats]: ...

    def add_to_stats(self, changes: Mapping[int, UserStats]) -> None:
        """Add each field of the change to the user's counts."""
