"""The cache in front of the cache: what this process read within the last minute, as objects."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec
from cachetools import TTLCache

from feed_core.adapters.cached.keys import CHANNEL, L1_ENTRIES, L1_TTL_MS
from feed_core.model.clock import Clock
from feed_core.ports.cache import Cache

_keys = msgspec.msgpack.Decoder(list[str]).decode
_encode = msgspec.msgpack.Encoder().encode


class Near:
    """Up to 1,000 objects for a minute, forgotten when any process says so. Safe to use from many threads.

    ``mark`` before a read and ``keep`` with it after: what was forgotten in between is not kept.
    """

    def __init__(self, cache: Cache, clock: Clock, entries: int = L1_ENTRIES) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._kept: TTLCache[str, object] = TTLCache(entries, L1_TTL_MS, timer=clock.now)
        self._forgotten: TTLCache[str, int] = TTLCache(50 * entries, L1_TTL_MS, timer=clock.now)
        self._mark = self._all = 0
        self._watchers: list[Callable[[Collection[str]], None]] = []
        self.close = cache.subscribe(CHANNEL, self._hear)

    def mark(self) -> int:
        """Where things stand now."""
        with self._lock:
            return self._mark

    def find(self, keys: Iterable[str]) -> dict[str, object]:
        """Those that are kept."""
        with self._lock:
            return {key: self._kept[key] for key in keys if key in self._kept}

    def keep(self, objects: Mapping[str, object], mark: int) -> None:
        """Keep what was read since ``mark``."""
        with self._lock:
            for key, value in objects.items():
                if mark >= self._all and mark >= self._forgotten.get(key, 0):
                    self._kept[key] = value

    def watch(self, watcher: Callable[[Collection[str]], None]) -> None:
        """Call ``watcher`` with the keys that are forgotten here."""
        self._watchers.append(watcher)

    def forget(self, keys: Collection[str]) -> None:
        """Forget here, then tell the other processes."""
        self._drop(keys)
        self._cache.publish(CHANNEL, _encode(list(keys)))

    def _hear(self, message: bytes | None) -> None:
        if message is not None:
            self._drop(_keys(message))
            return
        with self._lock:
            self._mark += 1
            self._all = self._mark
            self._kept.clear()

    def _drop(self, keys: Collection[str]) -> None:
        with self._lock:
            self._mark += 1
            for key in keys:
                self._kept.pop(key, None)
                self._forgotten[key] = self._mark
        for watcher in self._watchers:
            watcher(keys)
