"""When people were last here, to within an hour or so: whom fan-out serves first."""

from collections.abc import Collection
from typing import Protocol


class Activity(Protocol):
    """The last visit by user."""

    def touch(self, user_ids: Collection[int], at: int) -> None:
        """These users were here at ``at`` (ms); a later visit stays."""

    def active(self, user_ids: Collection[int], since: int) -> set[int]:
        """Those who were here at or after ``since`` (ms)."""

    def remove(self, user_ids: Collection[int]) -> None:
        """Forget these users' visits."""
