"""The cache in this process: dictionaries under a lock."""

import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from feed_core.model.clock import Clock
from feed_core.ports.cache import MARK, Fill, Stamp, Subscribed, Telling

T = TypeVar("T")
Handle = Callable[[bytes | None], None]


class Listening:
    """Implements ``ports.cache.Subscribed``: here nothing can be missed."""

    whole = True

    def __init__(self, handles: list[Handle], handle: Handle) -> None:
        self._handles, self._handle = handles, handle
        handles.append(handle)

    def end(self) -> None:
        self._handles.remove(self._handle)


class MemoryCache:
    """Implements ``ports.cache.Cache``; what has expired goes when it is looked at."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Any, int]] = {}
        self._stamps: dict[str, Stamp] = {}
        self._handles: dict[str, list[Handle]] = {}

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._found(keys)

    def sets(self, keys: Sequence[str]) -> list[frozenset[int] | None]:
        return self._found(keys)

    def hashes(self, keys: Sequence[str]) -> list[dict[str, int] | None]:
        return self._found(keys)

    def look(
        self, values: Sequence[str], sets: Sequence[str]
    ) -> tuple[list[bytes | None], list[frozenset[int] | None]]:
        return self._found(values), self._found(sets)

    def lease(self, keys: Sequence[str]) -> list[Stamp]:
        fresh = secrets.token_bytes(8)
        with self._lock:
            return [self._stamps.setdefault(key, fresh) for key in keys]

    def fill(self, values: Mapping[str, Fill[bytes]], sets: Mapping[str, Fill[Collection[int]]]) -> None:
        self._fill(values, bytes)
        self._fill(sets, frozenset)

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        self._fill(fills, dict)

    def add_to_sets(self, members: Mapping[str, Collection[int]], most: int) -> None:
        with self._lock:
            for key, some in members.items():
                self._stamps.pop(key, None)
                if key in self._held:
                    held, ends_at = self._held.pop(key)
                    if len(grown := held | frozenset(some)) <= most:
                        self._held[key] = (grown, ends_at)

    def mark(self, keys: Collection[str], ttl_ms: int) -> None:
        ends_at = self._clock.now() + ttl_ms
        with self._lock:
            self._held.update(dict.fromkeys(keys, (MARK, ends_at)))

    def forget(self, keys: Collection[str], tell: Telling | None = None) -> None:
        with self._lock:
            for key in keys:
                self._held.pop(key, None)
                self._stamps.pop(key, None)
        if tell is not None:
            self._publish(tell)

    def _publish(self, tell: Telling) -> None:
        with self._lock:
            handles = list(self._handles.get(tell.channel, ()))
        for handle in handles:
            handle(tell.message)

    def subscribe(self, channel: str, handle: Handle) -> Subscribed:
        """Here the handle is called in the thread that publishes."""
        with self._lock:
            return Listening(self._handles.setdefault(channel, []), handle)

    def _found(self, keys: Sequence[str]) -> list[Any]:
        now = self._clock.now()
        with self._lock:
            for key in keys:
                if key in self._held and self._held[key][1] <= now:
                    del self._held[key]
            return [self._held.get(key, (None,))[0] for key in keys]

    def _fill(self, fills: Mapping[str, Fill[T]], kind: Callable[[Any], Any]) -> None:
        now = self._clock.now()
        with self._lock:
            for key, fill in fills.items():
                if self._stamps.get(key) == fill.stamp:
                    self._held[key] = (kind(fill.content), now + fill.ttl_ms)
