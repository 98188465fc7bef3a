"""Makes a batch take effect once, also when the process is killed between the stores and the table file.

The batch's own record is written in one transaction with its rows; whoever loads next finds it there
and completes the table file.
"""

from collections.abc import Callable

import msgspec

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SystemClock
from pipelines.importing.external_ids import Batch, LoadedRows

_KEPT_MS = 30 * DAY
_OWNER = 0
"""No user has this id: it owns the records of batches."""


class BatchJournal:
    """Numbers the batches of a source and keeps each one's record beside its rows."""

    def __init__(self, core: FeedCore, loaded: LoadedRows, source: str) -> None:
        self._core, self._loaded, self._source = core, loaded, source

    def recover(self) -> None:
        """Complete the table file for a batch that took effect before the process was killed."""
        packed = self._core.stores.idempotency.get(_OWNER, self._key(self._loaded.next_batch()), 0)
        if packed is not None:
            self._loaded.add(msgspec.msgpack.decode(packed, type=Batch))

    def run(self, act: Callable[[int], Batch]) -> Batch:
        """Run ``act`` (given the batch's number) and its record in one transaction, then remember it."""
        number = self._loaded.next_batch()
        with self._core.stores.transactions.transaction((_OWNER,)):
            batch = act(number)
            self._core.stores.idempotency.put(
                _OWNER, self._key(number), msgspec.msgpack.encode(batch), SystemClock().now() + _KEPT_MS
            )
        self._loaded.add(batch)
        return batch

    def _key(self, number: int) -> str:
        return f"import/{self._source}/{number}"
