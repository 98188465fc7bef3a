"""What people have set for themselves; strong consistency within a region."""

from collections.abc import Collection, Mapping
from typing import Protocol

from feed_core.model.settings import StoredSettings


class SettingsOfUsers(Protocol):
    """One row a user; those who never set anything have none."""

    def get_many(self, user_ids: Collection[int]) -> dict[int, StoredSettings]: ...

    def put(self, settings: Mapping[int, StoredSettings]) -> None:
        """Insert or replace by user."""

    def remove(self, user_ids: Collection[int]) -> None:
        """Forget these users' settings."""
