"""The cache in this process: dictionaries under a lock."""

import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from feed_core.model.clock import Clock
from feed_core.ports.cache import Fill, Found, Stamp

T = TypeVar("T")


class MemoryCache:
    """Implements ``ports.cache.Cache``; what has expired goes when it is looked at."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Any, int]] = {}
        self._stamps: dict[str, Stamp] = {}
        self._handles: dict[str, list[Callable[[bytes | None], None]]] = {}

    def values(self, keys: Sequence[str]) -> list[Found[bytes]]:
        return self._found(keys)

    def sets(self, keys: Sequence[str]) -> list[Found[frozenset[int]]]:
        return self._found(keys)

    def hashes(self, keys: Sequence[str]) -> list[Found[dict[str, int]]]:
        return self._found(keys)

    def fill_values(self, fills: Mapping[str, Fill[bytes]]) -> None:
        self._fill(fills, bytes)

    def fill_sets(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        self._fill(fills, frozenset)

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        self._fill(fills, dict)

    def forget(self, keys: Collection[str]) -> Stamp:
        stamp = secrets.token_bytes(8)
        with self._lock:
            for key in keys:
                self._held.pop(key, None)
                self._stamps[key] = stamp
        return stamp

    def publish(self, channel: str, message: bytes) -> None:
        with self._lock:
            handles = list(self._handles.get(channel, ()))
        for handle in handles:
            handle(message)

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Callable[[], None]:
        """Here the handle is called in the thread that publishes."""
        with self._lock:
            self._handles.setdefault(channel, []).append(handle)
        return lambda: self._handles[channel].remove(handle)

    def _found(self, keys: Sequence[str]) -> list[Found[Any]]:
        now = self._clock.now()
        with self._lock:
            for key in keys:
                if key in self._held and self._held[key][1] <= now:
                    del self._held[key]
            return [Found(self._held.get(key, (None,))[0], self._stamps.get(key, b"")) for key in keys]

    def _fill(self, fills: Mapping[str, Fill[T]], kind: Callable[[Any], Any]) -> None:
        now = self._clock.now()
        with self._lock:
            for key, fill in fills.items():
                if self._stamps.get(key, b"") == fill.stamp:
                    self._held[key] = (kind(fill.content), now + fill.ttl_ms)
