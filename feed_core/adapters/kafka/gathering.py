"""Records that nobody waits for go together; what the same user writes next waits until they are there."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence

from feed_core.adapters.kafka.writing import Receipts, Writer

GATHERED_MS = 50
"""How many milliseconds' writes go together: a broker, and whoever reads behind it, works by the request, not
by the record."""


class Gatherer(Writer):
    """A writer that knows whose records are on their way."""

    def __init__(self, brokers: str, away: threading.Event) -> None:
        self._under_way: dict[int, Receipts] = {}
        self._under_way_lock = threading.Lock()
        super().__init__(brokers, away, linger_ms=GATHERED_MS)

    def send(self, batches: Mapping[str, Sequence[tuple[int, bytes]]]) -> Callable[[], None]:
        """As ``Writer.send``."""
        keys = _keys(batches)
        receipts = Receipts(sum(map(len, batches.values())), lambda: self._arrived(keys, receipts))
        with self._under_way_lock:
            self._under_way.update(dict.fromkeys(keys, receipts))
        try:
            return self._send(batches, receipts)
        except BaseException:
            self._arrived(keys, receipts)
            raise

    def let_by(self, batches: Mapping[str, Sequence[tuple[int, bytes]]]) -> None:
        """Return when nothing of the users of these records is on its way, or hope for it is gone."""
        if self._away.is_set() or not self._under_way:
            return
        keys = _keys(batches)
        with self._under_way_lock:
            before = {id(one): one for key in keys if (one := self._under_way.get(key)) is not None}
        for receipts in before.values():
            receipts.wait()

    def _arrived(self, keys: Collection[int], receipts: Receipts) -> None:
        with self._under_way_lock:
            for key in keys:
                if self._under_way.get(key) is receipts:
                    del self._under_way[key]


def _keys(batches: Mapping[str, Sequence[tuple[int, bytes]]]) -> set[int]:
    return {key for records in batches.values() for key, _ in records}
