"""Sessions in Redis: a key each, which expires by itself, and a set of keys by user.

The session is the truth; the user's set may name sessions that are gone. It is written before them, so that
ending all of a user's sessions misses none. What begins or ends one returns once the replica knows of it too,
so that it still holds when the primary dies.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from feed_core.adapters.redis.connecting import RedisStore, translated
from feed_core.model.credentials import Session

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Session).decode
_VERSION = b"\x01"
_COPIES, _COPIED_WITHIN_MS = 1, 100
"""A replica that is away is not waited for any longer."""


class RedisSessions:
    """Implements ``ports.sessions.Sessions``. Raises ``Unavailable``."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def put(self, sessions: Mapping[bytes, Session]) -> None:
        with translated("keep sessions"), self._store.client.pipeline(transaction=False) as pipe:
            for hash_, session in sessions.items():
                mine = self._of(session.user_id)
                pipe.sadd(mine, hash_)
                pipe.expireat(mine, _seconds(session.expires_at), nx=True)
                pipe.expireat(mine, _seconds(session.expires_at), gt=True)
                body = _VERSION + _encode(session)
                pipe.set(self._one(hash_), body, pxat=session.expires_at, nx=True)
            pipe.wait(_COPIES, _COPIED_WITHIN_MS)
            pipe.execute()

    def get_many(self, token_hashes: Collection[bytes], now: int) -> dict[bytes, Session]:
        hashes = list(token_hashes)
        if not hashes:
            return {}
        with translated("look up sessions"):
            bodies: list[bytes | None] = self._store.client.mget([self._one(hash_) for hash_ in hashes])
        found = ((hash_, _read(body)) for hash_, body in zip(hashes, bodies, strict=True))
        return {hash_: session for hash_, session in found if session and now < session.expires_at}

    def of_user(self, user_id: int, now: int) -> dict[bytes, Session]:
        found = self.get_many(self._hashes(user_id), now)
        return {hash_: session for hash_, session in found.items() if session.user_id == user_id}

    def remove(self, token_hashes: Collection[bytes]) -> None:
        self._end(self.get_many(token_hashes, 0), token_hashes)

    def remove_of(self, user_ids: Collection[int]) -> None:
        for user_id in user_ids:
            sessions = self.of_user(user_id, 0)
            self._end(sessions, sessions)

    def forget(self, now: int) -> None:
        """Redis lets expired keys go by itself."""

    def _end(self, sessions: Mapping[bytes, Session], token_hashes: Collection[bytes]) -> None:
        with translated("end sessions"), self._store.client.pipeline(transaction=False) as pipe:
            for hash_ in token_hashes:
                pipe.delete(self._one(hash_))
                if hash_ in sessions:
                    pipe.srem(self._of(sessions[hash_].user_id), hash_)
            if token_hashes:
                pipe.wait(_COPIES, _COPIED_WITHIN_MS)
            pipe.execute()

    def _hashes(self, user_id: int) -> list[bytes]:
        with translated("look up sessions"):
            members: Any = self._store.client.smembers(self._of(user_id))
        return list(members)

    def _one(self, hash_: bytes) -> str:
        return self._store.key(f"session:{hash_.hex()}")

    def _of(self, user_id: int) -> str:
        return self._store.key(f"sessions_of:{user_id}")


def _read(body: bytes | None) -> Session | None:
    """A session of another version is unknown: its owner logs in again."""
    return _decode(body[1:]) if body and body[:1] == _VERSION else None


def _seconds(ms: int) -> int:
    return -(-ms // 1_000)
