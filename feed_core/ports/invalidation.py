"""The port through which caches are told to forget."""

from collections.abc import Collection
from typing import Protocol


class Invalidation(Protocol):
    """Every cache of every process forgets, and reads from the stores again. Raises ``Unavailable``."""

    def posts(self, post_ids: Collection[int]) -> None:
        """What is cached of these posts: themselves and their counts."""

    def people(self, user_ids: Collection[int]) -> None:
        """What is cached of these people: profile, counts, and whom they follow, block and mute."""
