"""First answers of writes, so that a repeated request gets the same one."""

from typing import Protocol


class IdempotencyKeys(Protocol):
    """Answers by (user, key), kept until they expire."""

    def get(self, user_id: int, key: str, now: int) -> bytes | None:
        """The stored answer, or None when there is none or it has expired: then it makes room for another."""

    def put(self, user_id: int, key: str, answer: bytes, expires_at: int) -> bytes:
        """Store the answer unless one is there; returns the one that is stored."""

    def forget(self, now: int) -> None:
        """Remove the answers that have expired."""
