"""The cache in front of the cache: what this process read within the last minute, as objects."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec
from cachetools import TTLCache

from feed_core.adapters.cached.keys import CHANNEL, L1_ENTRIES, L1_TTL_MS
from feed_core.ports.cache import Cache, Telling

_keys = msgspec.msgpack.Decoder(list[str]).decode
_encode = msgspec.msgpack.Encoder().encode
_REMEMBERED = 50_000
"""How many keys are known to be forgotten; beyond them all reads under way count as overtaken."""


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Near:
    """Up to 1,000 objects for a minute, forgotten when any process says so. Safe to use from many threads.

    ``mark`` before a read and ``keep`` with it after: what was forgotten in between is not kept. While the
    other processes cannot be heard, nothing is found. ``timer`` tells milliseconds.
    """

    def __init__(
        self, cache: Cache, timer: Callable[[], int] = _monotonic_ms, entries: int = L1_ENTRIES
    ) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._kept: TTLCache[str, object] = TTLCache(entries, L1_TTL_MS, timer=timer)
        self._forgotten: dict[str, int] = {}
        self._mark = self._all = 0
        self._pinned = threading.local()
        self._heard = cache.subscribe(CHANNEL, self._hear)

    def close(self) -> None:
        """End listening."""
        self._heard.end()

    def mark(self) -> int:
        """Where things stand now, or stood when this thread's ``pinned`` block began."""
        pinned = self._pinned_mark
        if pinned is not None:
            return pinned
        with self._lock:
            return self._mark

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """For a block whose reads go by one moment: it finds nothing near, which may be from before."""
        self._pinned.mark = self.mark()
        try:
            yield
        finally:
            self._pinned.mark = None

    def find(self, keys: Iterable[str]) -> dict[str, object]:
        """Those that are kept."""
        if self._pinned_mark is not None or not self._heard.whole:
            return {}
        with self._lock, self._kept.timer:  # whose time stands still: what is there does not end meanwhile
            return {key: self._kept[key] for key in keys if key in self._kept}

    def keep(self, objects: Mapping[str, object], mark: int) -> None:
        """Keep what was read since ``mark``."""
        with self._lock:
            for key, value in objects.items():
                if mark >= self._all and mark >= self._forgotten.get(key, 0):
                    self._kept[key] = value

    def forget(self, keys: Collection[str]) -> None:
        """Forget here, in the shared cache, and in the other processes. Raises ``Unavailable``."""
        try:
            self._cache.forget(keys, Telling(CHANNEL, _encode(list(keys))))
        finally:
            self._drop(keys)

    @property
    def _pinned_mark(self) -> int | None:
        mark: int | None = getattr(self._pinned, "mark", None)
        return mark

    def _hear(self, message: bytes | None) -> None:
        if message is not None:
            self._drop(_keys(message))
            return
        with self._lock:
            self._drop_all()
            self._kept.clear()

    def _drop(self, keys: Collection[str]) -> None:
        with self._lock:
            if len(self._forgotten) + len(keys) > _REMEMBERED:
                self._drop_all()
            self._mark += 1
            for key in keys:
                self._kept.pop(key, None)
                self._forgotten[key] = self._mark

    def _drop_all(self) -> None:
        """Let no read that is under way be kept."""
        self._mark += 1
        self._all = self._mark
        self._forgotten.clear()
