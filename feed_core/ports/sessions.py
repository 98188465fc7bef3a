"""Who is logged in, by the hash of the token that they hold."""

from collections.abc import Collection, Mapping
from typing import Protocol

from feed_core.model.credentials import Session


class Sessions(Protocol):
    """Sessions by token hash (32 bytes) and by user; an expired one is as good as absent.

    A session that was removed stays removed: no cache may still answer it.
    """

    def put(self, sessions: Mapping[bytes, Session]) -> None:
        """Store sessions by token hash; repeats change nothing."""

    def get_many(self, token_hashes: Collection[bytes], now: int) -> dict[bytes, Session]:
        """Those that exist and end after ``now`` (ms)."""

    def of_user(self, user_id: int, now: int) -> dict[bytes, Session]:
        """The user's sessions by token hash, without those that ended at or before ``now``."""

    def remove(self, token_hashes: Collection[bytes]) -> None:
        """End these sessions."""

    def remove_of(self, user_ids: Collection[int]) -> None:
        """End every session of these users."""

    def forget(self, now: int) -> None:
        """Let the rows of expired sessions go, where the store does not do so by itself."""
