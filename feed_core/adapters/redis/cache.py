"""The cache in Redis: a key and, beside it, the stamp of its lease."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from feed_core.adapters.redis.connecting import RedisStore, open_redis, translated
from feed_core.adapters.redis.incarnation import EPOCH, enter
from feed_core.adapters.redis.subscribing import Subscription
from feed_core.ports.cache import MARK, Fill, Stamp, Telling
from feed_core.redis_client import Patience

_STAMP_MS = 5 * 60 * 1000
"""How long a lease lasts. A store that takes longer to answer fills nothing."""
_AT_ONCE = 2_000
"""Keys in one command, so that others need not wait for it."""
_NOTHING = "~"
"""The member that stands in a set, and the field in a hash, that would else be empty and so not be there."""
_EMPTY = _NOTHING.encode()
# KEYS: key, stamp, key, stamp …; ARGV: command, expected stamp, ttl, number of arguments, the arguments, …
_FILL = """
local at = 1
for i = 1, #KEYS, 2 do
  local stamp, ttl, count = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  if redis.call('GET', KEYS[i + 1]) == stamp then
    redis.call('DEL', KEYS[i])
    redis.call(ARGV[at], KEYS[i], unpack(ARGV, at + 4, at + 3 + count))
    redis.call('PEXPIRE', KEYS[i], ttl)
  end
  at = at + 4 + count
end
"""
# KEYS: as above; ARGV: the most members, number of members, the members, …
_ADD = """
local at = 2
for i = 1, #KEYS, 2 do
  redis.call('DEL', KEYS[i + 1])
  local count = tonumber(ARGV[at])
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('SADD', KEYS[i], unpack(ARGV, at + 1, at + count))
    if redis.call('SCARD', KEYS[i]) > tonumber(ARGV[1]) then redis.call('UNLINK', KEYS[i]) end
  end
  at = at + 1 + count
end
"""
_HASTY = Patience(timeout_seconds=0.5, tries=1)
"""A read has the store to fall back on."""
_PATIENT = Patience(timeout_seconds=1.0, tries=3)
"""A write must be heard of: it waits for a failover, which takes about three seconds."""


def open_cache(url: str) -> "RedisCache":
    """The cache at a URL as ``open_redis`` reads it, empty when another process leads there than before."""
    return RedisCache(open_redis(url, _PATIENT, enter), open_redis(url, _HASTY, enter))


class RedisCache:
    """Implements ``ports.cache.Cache``; reads and listens through ``hasty``, ``store`` unless given."""

    def __init__(self, store: RedisStore, hasty: RedisStore | None = None) -> None:
        self._store, self._hasty = store, hasty or store
        self._fills = self._hasty.client.register_script(_FILL)
        self._add = store.client.register_script(_ADD)

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        if not keys:
            return []
        with translated("read the cache"):
            found: list[bytes | None] = self._hasty.client.mget([self._store.key(key) for key in keys])
        return found

    def sets(self, keys: Sequence[str]) -> list[frozenset[int] | None]:
        return [_ids(members) for members in self._each("smembers", keys)]

    def hashes(self, keys: Sequence[str]) -> list[dict[str, int] | None]:
        nothing = _NOTHING.encode()
        return [
            {name.decode(): int(number) for name, number in fields.items() if name != nothing}
            if fields
            else None
            for fields in self._each("hgetall", keys)
        ]

    def look(
        self, values: Sequence[str], sets: Sequence[str]
    ) -> tuple[list[bytes | None], list[frozenset[int] | None]]:
        if not sets:
            return self.values(values), []
        with translated("read the cache"), self._hasty.client.pipeline(transaction=False) as pipe:
            if values:
                pipe.mget([self._store.key(key) for key in values])
            for key in sets:
                pipe.smembers(self._store.key(key))
            found: list[Any] = pipe.execute()
        return found.pop(0) if values else [], [_ids(members) for members in found]

    def lease(self, keys: Sequence[str]) -> list[Stamp]:
        if not keys:
            return []
        fresh = secrets.token_bytes(8)
        with translated("lease in the cache"), self._hasty.client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.set(self._beside(key), fresh, px=_STAMP_MS, nx=True, get=True)
            pipe.get(self._store.key(EPOCH))  # what is read is not evicted
            return [held or fresh for held in pipe.execute()[:-1]]

    def fill(self, values: Mapping[str, Fill[bytes]], sets: Mapping[str, Fill[Collection[int]]]) -> None:
        self._fill({
            **{key: ("SET", fill, [fill.content]) for key, fill in values.items()},
            **{key: ("SADD", fill, list(fill.content) or [_NOTHING]) for key, fill in sets.items()},
        })  # fmt: skip

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        def parts(fields: Mapping[str, int]) -> list[str | int]:
            return [part for item in fields.items() for part in item] or [_NOTHING, 0]

        self._fill({key: ("HSET", fill, parts(fill.content)) for key, fill in fills.items()})

    def add_to_sets(self, members: Mapping[str, Collection[int]], most: int) -> None:
        arguments: list[int] = [most]
        for some in members.values():
            arguments += [len(some), *some]
        if members:
            with translated("add to sets in the cache"):
                self._add(keys=self._names(members), args=arguments)

    def mark(self, keys: Collection[str], ttl_ms: int) -> None:
        if not keys:
            return
        with translated("mark in the cache"), self._store.client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.set(self._store.key(key), MARK, px=ttl_ms)
            pipe.execute()

    def forget(self, keys: Collection[str], tell: Telling | None = None) -> None:
        names = self._names(keys)
        with translated("forget in the cache"), self._store.client.pipeline(transaction=False) as pipe:
            for at in range(0, len(names), _AT_ONCE):
                pipe.unlink(*names[at : at + _AT_ONCE])
            if tell is not None:
                pipe.publish(self._store.key(tell.channel), tell.message)
            pipe.execute()

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Subscription:
        return Subscription(self._hasty, self._store.key(channel), handle)

    def _each(self, command: str, keys: Sequence[str]) -> list[Any]:
        if not keys:
            return []
        with translated("read the cache"), self._hasty.client.pipeline(transaction=False) as pipe:
            for key in keys:
                getattr(pipe, command)(self._store.key(key))
            found: list[Any] = pipe.execute()
        return found

    def _fill(self, fills: Mapping[str, tuple[str, Fill[Any], Sequence[Any]]]) -> None:
        """Each key by the command that writes these arguments."""
        arguments: list[Any] = []
        for command, fill, content in fills.values():
            arguments += [command, fill.stamp, fill.ttl_ms, len(content), *content]
        if fills:
            with translated("fill the cache"):
                self._fills(keys=self._names(fills), args=arguments)

    def _names(self, keys: Iterable[str]) -> list[str]:
        return [name for key in keys for name in (self._store.key(key), self._beside(key))]

    def _beside(self, key: str) -> str:
        return self._store.key(f"{key}~")


def _ids(members: set[bytes]) -> frozenset[int] | None:
    """A set as it is held; None where there is none."""
    return frozenset(int(one) for one in members if one != _EMPTY) if members else None
