"""Runs a write once per (user, key): a repeat gets the first answer."""

from collections.abc import Callable
from dataclasses import dataclass

from feed_core.model.clock import DAY, Clock
from feed_core.model.errors import Contended
from feed_core.model.rules import check_id, check_length
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.transactions import Transactions

KEPT_MS = DAY
MAX_KEY = 255
_CROSSINGS = 5
"""How often a write begins again, with all that it touches named at once, before the client has to."""


@dataclass(frozen=True)
class Idempotency:
    """First answers, kept for 24 hours."""

    keys: IdempotencyKeys
    transactions: Transactions
    clock: Clock

    def once(self, user_id: int, key: str, action: Callable[[], bytes]) -> bytes:
        """The stored answer, or else the answer of ``action``, stored in the same transaction as what
        ``action`` writes. Concurrent repeats wait for the first; an action that raises stores nothing."""
        check_id(user_id, "user id")
        check_length(key, "idempotency key", MAX_KEY, 1)
        owners, beside = {user_id}, set[int]()
        for _ in range(_CROSSINGS):
            try:
                return self._once(user_id, key, action, owners, beside)
            except Contended as crossed:
                owners |= crossed.owners
                beside |= crossed.beside
        return self._once(user_id, key, action, owners, beside)

    def _once(
        self, user_id: int, key: str, action: Callable[[], bytes], owners: set[int], beside: set[int]
    ) -> bytes:
        now = self.clock.now()
        with self.transactions.transaction(owners, beside - owners):
            stored = self.keys.get(user_id, key, now)
            if stored is not None:
                return stored
            self.keys.forget(now)
            return self.keys.put(user_id, key, action(), now + KEPT_MS)
