"""Finds people by the beginning of their username, for pickers. Accounts are stored in order of id to within
seconds, so the directory grows by reading on from a little before the last id; whose account is deleted is
left out when found."""

import threading
import time
from bisect import bisect_left, insort
from collections.abc import Callable

from feed_core.model.clock import SECOND
from feed_core.model.ids import first_id_at, time_of
from feed_core.services.accounts import AccountService

_CHUNK = 10_000
LATE_MS = 10 * SECOND
"""How long after its id was made an account is stored, at the latest."""


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class People:
    """Usernames in order, kept in this process. ``timer`` tells milliseconds.

    Nobody is missing up to the id ``_whole``; ``_seen`` was the last id at ``_seen_at``.
    """

    def __init__(self, accounts: AccountService, timer: Callable[[], int] = _monotonic_ms) -> None:
        self._accounts, self._timer = accounts, timer
        self._names: list[tuple[str, int]] = []
        self._last_id = self._whole = 0
        self._seen_at, self._seen = -LATE_MS, 0
        self._lock = threading.Lock()

    def starting_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Up to ``limit`` (username, user_id) pairs in order of username."""
        with self._lock:
            self._read_on()
            start = bisect_left(self._names, (prefix, 0))
            found = self._names[start : start + limit]
        named = [pair for pair in found if pair[0].startswith(prefix)]
        present = self._accounts.existing([user_id for _, user_id in named])
        return [pair for pair in named if pair[1] in present]

    def _read_on(self) -> None:
        began = self._timer()
        after = max(self._whole, first_id_at(time_of(self._last_id) - LATE_MS))
        while users := self._accounts.page(after, _CHUNK):
            after = users[-1].user_id
            self._add([(user.username, user.user_id) for user in users])
            if len(users) < _CHUNK:
                break
        self._last_id = max(self._last_id, after)
        if began - self._seen_at >= LATE_MS:  # so whoever was late then has been read now
            self._whole, self._seen_at, self._seen = self._seen, self._timer(), self._last_id

    def _add(self, pairs: list[tuple[str, int]]) -> None:
        new = [pair for pair in pairs if not self._knows(pair)]
        if len(new) < len(self._names) // 100:
            for pair in new:
                insort(self._names, pair)
        elif new:
            self._names = sorted(self._names + new)

    def _knows(self, pair: tuple[str, int]) -> bool:
        at = bisect_left(self._names, pair)
        return self._names[at : at + 1] == [pair]
