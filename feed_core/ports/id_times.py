"""Which stretches of time ids are made from, so that no two processes make the same id."""

from typing import Protocol


class IdTimes(Protocol):
    """Stretches of milliseconds, each given out once, also across restarts and processes."""

    def reserve(self, from_ms: int) -> tuple[int, int]:
        """The first free [start, end) in milliseconds at or after ``from_ms``; durable on return."""
