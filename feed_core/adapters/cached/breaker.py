"""While the cache does not answer it is not asked: reads go to the stores without waiting for it."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill, Stamp, Subscribed, Telling

T = TypeVar("T")
PAUSE_SECONDS = 1.0


class Breaker:
    """Implements ``ports.cache.Cache`` over ``cache``. After a failed read, reads and fills fail at once for
    a second; then one of them tries. What a write has to tell is always tried."""

    def __init__(self, cache: Cache, timer: Callable[[], float] = time.monotonic) -> None:
        self._cache, self._timer = cache, timer
        self._lock = threading.Lock()
        self._failing, self._again_at = False, 0.0

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._try(lambda: self._cache.values(keys))

    def sets(self, keys: Sequence[str]) -> list[frozenset[int] | None]:
        return self._try(lambda: self._cache.sets(keys))

    def hashes(self, keys: Sequence[str]) -> list[dict[str, int] | None]:
        return self._try(lambda: self._cache.hashes(keys))

    def look(
        self, values: Sequence[str], sets: Sequence[str]
    ) -> tuple[list[bytes | None], list[frozenset[int] | None]]:
        return self._try(lambda: self._cache.look(values, sets))

    def lease(self, keys: Sequence[str]) -> list[Stamp]:
        return self._try(lambda: self._cache.lease(keys))

    def fill(self, values: Mapping[str, Fill[bytes]], sets: Mapping[str, Fill[Collection[int]]]) -> None:
        self._try(lambda: self._cache.fill(values, sets))

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        self._try(lambda: self._cache.fill_hashes(fills))

    def add_to_sets(self, members: Mapping[str, Collection[int]], most: int) -> None:
        self._cache.add_to_sets(members, most)

    def mark(self, keys: Collection[str], ttl_ms: int) -> None:
        self._cache.mark(keys, ttl_ms)

    def forget(self, keys: Collection[str], tell: Telling | None = None) -> None:
        self._cache.forget(keys, tell)

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Subscribed:
        return self._cache.subscribe(channel, handle)

    def _try(self, act: Callable[[], T]) -> T:
        self._enter()
        try:
            answer = act()
        except Unavailable:
            self._tell(failing=True)
            raise
        if self._failing:
            self._tell(failing=False)
        return answer

    def _enter(self) -> None:
        """Raises ``Unavailable`` for all but one in a pause."""
        if not self._failing:
            return
        with self._lock:
            now = self._timer()
            if self._failing and now < self._again_at:
                raise Unavailable("The cache did not answer a moment ago.")
            self._again_at = now + PAUSE_SECONDS

    def _tell(self, *, failing: bool) -> None:
        with self._lock:
            self._failing = failing
            self._again_at = self._timer() + PAUSE_SECONDS
