"""Finds people by the beginning of their username, for pickers. Accounts are added in order of id, so the
directory grows by reading on from the last id; whose account is deleted is left out when found."""

import threading
from bisect import bisect_left, insort

from feed_core.services.accounts import AccountService

_CHUNK = 10_000


class People:
    """Usernames in order, kept in this process."""

    def __init__(self, accounts: AccountService) -> None:
        self._accounts = accounts
        self._names: list[tuple[str, int]] = []
        self._last_id = 0
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
        while users := self._accounts.page(self._last_id, _CHUNK):
            self._last_id = users[-1].user_id
            new = [(user.username, user.user_id) for user in users]
            if len(new) < len(self._names) // 100:
                for pair in new:
                    insort(self._names, pair)
            else:
                self._names = sorted(self._names + new)
