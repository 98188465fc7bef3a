"""The cache in Redis: a key and, beside it, the stamp of when it was last forgotten."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from feed_core.adapters.redis.connecting import RedisStore, translated
from feed_core.adapters.redis.subscribing import Subscription
from feed_core.ports.cache import Fill, Found, Stamp

_STAMP_MS = 5 * 60 * 1000
"""How long a stamp is kept. Longer than any read of a store may take: a fill from before must not pass."""
_NOTHING = "~"
"""The member that stands in a set, and the field in a hash, that would else be empty and so not be there."""
# KEYS: key, stamp, key, stamp …; ARGV: expected stamp, ttl, number of arguments, the arguments, …
_FILL = """
local at = 1
for i = 1, #KEYS, 2 do
  local stamp, ttl, count = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  if (redis.call('GET', KEYS[i + 1]) or '') == stamp then
    redis.call('DEL', KEYS[i])
    redis.call(COMMAND, KEYS[i], unpack(ARGV, at + 3, at + 2 + count))
    redis.call('PEXPIRE', KEYS[i], ttl)
  end
  at = at + 3 + count
end
"""


class RedisCache:
    """Implements ``ports.cache.Cache``."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        scripts = {name: _FILL.replace("COMMAND", f"'{name}'") for name in ("SET", "SADD", "HSET")}
        self._scripts = {name: store.client.register_script(text) for name, text in scripts.items()}

    def values(self, keys: Sequence[str]) -> list[Found[bytes]]:
        if not keys:
            return []
        with translated("read the cache"):
            answers = self._store.client.mget([name for key in keys for name in self._names(key)])
        return [Found(answers[at], answers[at + 1] or b"") for at in range(0, len(answers), 2)]

    def sets(self, keys: Sequence[str]) -> list[Found[frozenset[int]]]:
        nothing = _NOTHING.encode()
        return [
            Found(frozenset(int(one) for one in members if one != nothing) if members else None, stamp)
            for members, stamp in self._each("smembers", keys)
        ]

    def hashes(self, keys: Sequence[str]) -> list[Found[dict[str, int]]]:
        nothing = _NOTHING.encode()
        return [
            Found({f.decode(): int(n) for f, n in fields.items() if f != nothing} if fields else None, stamp)
            for fields, stamp in self._each("hgetall", keys)
        ]

    def fill_values(self, fills: Mapping[str, Fill[bytes]]) -> None:
        self._fill("SET", fills, lambda content: [content])

    def fill_sets(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        self._fill("SADD", fills, lambda content: list(content) or [_NOTHING])

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        self._fill("HSET", fills, lambda c: [part for item in c.items() for part in item] or [_NOTHING, 0])

    def forget(self, keys: Collection[str]) -> Stamp:
        stamp = secrets.token_bytes(8)
        with translated("forget in the cache"), self._store.client.pipeline(transaction=True) as pipe:
            for key in keys:
                name, beside = self._names(key)
                pipe.unlink(name)
                pipe.set(beside, stamp, px=_STAMP_MS)
            pipe.execute()
        return stamp

    def publish(self, channel: str, message: bytes) -> None:
        with translated("publish"):
            self._store.client.publish(self._store.key(channel), message)

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Callable[[], None]:
        return Subscription(self._store, self._store.key(channel), handle).end

    def _each(self, command: str, keys: Sequence[str]) -> list[tuple[Any, Stamp]]:
        with translated("read the cache"), self._store.client.pipeline(transaction=True) as pipe:
            for key in keys:
                name, beside = self._names(key)
                getattr(pipe, command)(name)
                pipe.get(beside)
            answers = pipe.execute() if keys else []
        return [(answers[at], answers[at + 1] or b"") for at in range(0, len(answers), 2)]

    def _fill(self, command: str, fills: Mapping[str, Fill[Any]], parts: Callable[[Any], list[Any]]) -> None:
        names: list[str] = []
        arguments: list[Any] = []
        for key, fill in fills.items():
            content = parts(fill.content)
            names += self._names(key)
            arguments += [fill.stamp, fill.ttl_ms, len(content), *content]
        if names:
            with translated("fill the cache"):
                self._scripts[command](keys=names, args=arguments)

    def _names(self, key: str) -> tuple[str, str]:
        return self._store.key(key), self._store.key(f"{key}~")
