"""Sessions outlive the primary that took them."""

import secrets
import time

from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.model.credentials import Session
from pipelines.stack.layout import Stack
from pipelines.stack.redis import client, leads
from pipelines.stack.servers import group_of
from tests.servers import fresh_keys

TIMES = 100


def test_the_replica_knows_of_a_session_and_of_its_end_once_the_caller_does(redis_server: Stack) -> None:
    pair = group_of(redis_server.servers, "redis-state")
    (replica,) = (server for server in pair if not leads(redis_server, server))
    with fresh_keys(redis_server) as store, client(redis_server, replica) as follower:
        sessions = RedisSessions(store)
        for _ in range(TIMES):
            hash_, now = secrets.token_bytes(32), time.time_ns() // 1_000_000
            sessions.put({hash_: Session(user_id=7, created_at=now, expires_at=now + 60_000, device="")})
            assert follower.exists(_key(store, hash_))
            sessions.remove([hash_])
            assert not follower.exists(_key(store, hash_))


def _key(store: RedisStore, hash_: bytes) -> str:
    return store.key(f"session:{hash_.hex()}")
