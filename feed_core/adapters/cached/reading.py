"""Reads through the caches: near, then shared, then the store; what was not there is remembered too."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from random import Random
from typing import Generic, NamedTuple, TypeVar

import msgspec

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal
from feed_core.adapters.cached.flights import Flights, Leases
from feed_core.adapters.cached.keys import ABSENT_TTL_MS, CacheKey, spread
from feed_core.adapters.cached.near import Near
from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill, Stamp

T = TypeVar("T")
Load = Callable[[list[int]], Mapping[int, T]]
_NOTHING = object()


class Shape(NamedTuple, Generic[T]):
    """What is cached: under which key, and how a thing is written."""

    key: CacheKey
    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]


def packed(key: CacheKey, kind: type[T]) -> Shape[T]:
    """Things of ``kind``, written in MessagePack."""
    return Shape(key, msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(kind).decode)


class ReadThrough(Generic[T]):
    """Things of one kind by id. Safe to use from many threads.

    When the cache does not answer, reads go to the store; a write that cannot make the caches forget
    raises ``Unavailable``, because it would leave an old answer behind.
    """

    def __init__(
        self, shape: Shape[T], cache: Cache, clock: Clock, load: Load[T], near: Near | None = None
    ) -> None:
        self._shape, self._cache, self._clock, self._load, self._near = shape, cache, clock, load, near
        self._flights: Flights[object] = Flights()
        self._random = Random()

    def get_many(self, ids: Collection[int], load: Load[T] | None = None) -> dict[int, T]:
        """Those that exist, as the last write that has ended left them; ``load`` in the place of the usual
        one, where it needs to know more."""
        keys = {self._shape.key.of(id_): id_ for id_ in ids}
        found = self._shared(keys, load or self._load) if keys else {}
        return {keys[key]: value for key, value in found.items() if value is not _NOTHING}  # type: ignore[misc]

    def near_many(self, ids: Collection[int]) -> dict[int, T]:
        """As ``get_many``, from this process where it can be: what another process wrote a moment ago may be
        missing, what it wrote a minute ago is not."""
        if not self._near:
            return self.get_many(ids)
        keys = {self._shape.key.of(id_): id_ for id_ in ids}
        kept = self._near.find(keys)
        mark = self._near.mark()
        rest = self.get_many([id_ for key, id_ in keys.items() if key not in kept])
        self._near.keep({self._shape.key.of(id_): value for id_, value in rest.items()}, mark)
        return {keys[key]: value for key, value in kept.items()} | rest  # type: ignore[return-value]

    def forget(self, ids: Iterable[int]) -> None:
        """After a write: no cache answers what was there before. Raises ``Unavailable``."""
        keys = [self._shape.key.of(id_) for id_ in ids]
        if keys:
            (self._near or self._cache).forget(keys)

    def renew(self, ids: Iterable[int]) -> None:
        """After a write, write-through: as ``forget``, and hold what the store says now."""
        keys = {self._shape.key.of(id_): id_ for id_ in ids}
        self.forget(keys.values())
        try:
            leases = dict(zip(keys, self._cache.lease(list(keys)), strict=True))
        except Unavailable:
            return
        if keys:
            self._fetch(leases, keys, self._load)

    def _shared(self, ids: Mapping[str, int], load: Load[T]) -> dict[str, object]:
        """From the shared cache, or else from the store."""
        try:
            found = self._held(list(ids))
            missing = [key for key in ids if key not in found]
            leases = dict(zip(missing, self._cache.lease(missing), strict=True)) if missing else {}
        except Unavailable:
            return _loaded(list(ids), ids, load)
        return found | self._flights.fetch(leases, lambda mine: self._fetch(mine, ids, load))

    def _fetch(self, leases: Leases, ids: Mapping[str, int], load: Load[T]) -> dict[str, object]:
        begun = time.monotonic_ns()
        loaded = _loaded(list(leases), ids, load)
        cost = (time.monotonic_ns() - begun) // 1_000_000
        self._hold({key: (stamp, loaded[key]) for key, stamp in leases.items()}, cost)
        return loaded

    def _held(self, keys: list[str]) -> dict[str, object]:
        """What the shared cache holds and need not be loaded anew."""
        now, found = self._clock.now(), dict[str, object]()
        for key, content in zip(keys, self._cache.values(keys), strict=True):
            envelope = open_envelope(content) if content is not None else None
            if envelope is not None and not is_due(envelope, now, self._random):
                found[key] = _NOTHING if envelope.body is None else self._shape.decode(envelope.body)
        return found

    def _hold(self, things: Mapping[str, tuple[Stamp, object]], cost_ms: int) -> None:
        now, fills = self._clock.now(), dict[str, Fill[bytes]]()
        for key, (stamp, thing) in things.items():
            there = thing is not _NOTHING
            ttl = spread(self._shape.key.ttl_ms if there else ABSENT_TTL_MS)
            body = self._shape.encode(thing) if there else None  # type: ignore[arg-type]
            fills[key] = Fill(seal(Envelope(now + ttl, min(cost_ms, 0xFFFFFFFF), body)), stamp, ttl)
        try:
            self._cache.fill(fills, {})
        except Unavailable:
            return


def _loaded(keys: list[str], ids: Mapping[str, int], load: Load[T]) -> dict[str, object]:
    loaded = load([ids[key] for key in keys])
    return {key: loaded.get(ids[key], _NOTHING) for key in keys}
