"""Reads through the caches: near, then shared, then the store; what was not there is remembered too."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from random import Random
from typing import Generic, TypeVar

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal
from feed_core.adapters.cached.flights import Flights
from feed_core.adapters.cached.keys import ABSENT_TTL_MS, CacheKey
from feed_core.adapters.cached.near import Near
from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill, Stamp

T = TypeVar("T")
Load = Callable[[list[int]], Mapping[int, T]]
_NOTHING = object()


class ReadThrough(Generic[T]):
    """Things of one kind by id. Safe to use from many threads.

    When the cache does not answer, reads go to the store; a write that cannot make the caches forget
    raises ``Unavailable``, because it would leave an old answer behind.
    """

    def __init__(
        self,
        kind: CacheKey,
        cache: Cache,
        near: Near,
        clock: Clock,
        coding: tuple[Callable[[T], bytes], Callable[[bytes], T]],
        load: Load[T],
    ) -> None:
        self._kind, self._cache, self._near, self._clock = kind, cache, near, clock
        self._encode, self._decode = coding
        self._load = load
        self._flights: Flights[object] = Flights()
        self._random, self._random_lock = Random(), threading.Lock()
        near.watch(self._flights.forget)

    def get_many(self, ids: Collection[int]) -> dict[int, T]:
        """Those that exist."""
        keys = {self._kind.of(id_): id_ for id_ in ids}
        found = self._near.find(keys)
        missing = [key for key in keys if key not in found]
        if missing:
            found |= self._flights.fetch(missing, lambda mine: self._fetch(mine, keys))
        return {keys[key]: value for key, value in found.items() if value is not _NOTHING}  # type: ignore[misc]

    def forget(self, ids: Iterable[int]) -> None:
        """After a write: no cache answers what was there before. Raises ``Unavailable``."""
        self._forget(list(ids))

    def renew(self, ids: Iterable[int]) -> None:
        """After a write, write-through: as ``forget``, and hold what the store says now."""
        wanted = list(ids)
        stamp = self._forget(wanted)
        if wanted:
            self._hold(wanted, dict.fromkeys(wanted, stamp), self._load(wanted), 0)

    def _forget(self, ids: list[int]) -> Stamp:
        keys = [self._kind.of(id_) for id_ in ids]
        if not keys:
            return b""
        try:
            stamp = self._cache.forget(keys)
        finally:
            self._near.forget(keys)
        return stamp

    def _fetch(self, mine: list[str], ids: Mapping[str, int]) -> dict[str, object]:
        mark = self._near.mark()
        found, stamps = self._held(mine)
        absent = [ids[key] for key in mine if key not in found]
        if absent:
            begun = time.monotonic_ns()
            loaded = self._load(absent)
            cost = (time.monotonic_ns() - begun) // 1_000_000
            self._hold(
                [id_ for id_ in absent if self._kind.of(id_) in stamps],
                {ids[key]: stamp for key, stamp in stamps.items()},
                loaded,
                cost,
            )
            found |= {self._kind.of(id_): loaded.get(id_, _NOTHING) for id_ in absent}
        self._near.keep(found, mark)
        return found

    def _held(self, keys: list[str]) -> tuple[dict[str, object], dict[str, Stamp]]:
        """What the shared cache holds, and the stamps of what it does not; none when it is away."""
        now, found, stamps = self._clock.now(), dict[str, object](), dict[str, Stamp]()
        try:
            answers = self._cache.values(keys)
        except Unavailable:
            return {}, {}
        for key, answer in zip(keys, answers, strict=True):
            envelope = open_envelope(answer.content) if answer.content is not None else None
            if envelope is None or self._is_due(envelope, now):
                stamps[key] = answer.stamp
            else:
                found[key] = _NOTHING if envelope.body is None else self._decode(envelope.body)
        return found, stamps

    def _is_due(self, envelope: Envelope, now: int) -> bool:
        with self._random_lock:
            return is_due(envelope, now, self._random)

    def _hold(
        self, ids: list[int], stamps: Mapping[int, Stamp], loaded: Mapping[int, T], cost_ms: int
    ) -> None:
        now, fills = self._clock.now(), dict[str, Fill[bytes]]()
        for id_ in ids:
            there = id_ in loaded
            with self._random_lock:
                ttl = int((self._kind.ttl_ms if there else ABSENT_TTL_MS) * self._random.uniform(0.9, 1.0))
            body = self._encode(loaded[id_]) if there else None
            envelope = Envelope(now + ttl, min(cost_ms, 0xFFFFFFFF), body)
            fills[self._kind.of(id_)] = Fill(seal(envelope), stamps[id_], ttl)
        try:
            self._cache.fill_values(fills)
        except Unavailable:
            return
