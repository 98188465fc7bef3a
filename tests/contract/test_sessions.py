"""The contract of ``ports.sessions``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.sessions import SqliteSessions
from feed_core.model.credentials import Session
from feed_core.ports.sessions import Sessions

NOW = 1_800_000_000_000
"""A store that expires by its own clock must still have what ends after this."""


def token(number: int) -> bytes:
    return bytes([number]) * 32


def session(user_id: int, lasts: int = 1_000_000) -> Session:
    return Session(user_id=user_id, created_at=NOW, expires_at=NOW + lasts, device="phone é")


class SessionsContract:
    adapter: Callable[[Database], Sessions]

    @pytest.fixture
    def sessions(self, database: Database) -> Sessions:
        return type(self).adapter(database)

    def test_sessions_are_found_by_token_and_user(self, sessions: Sessions) -> None:
        sessions.put({token(1): session(7), token(2): session(7), token(3): session(8)})
        assert sessions.get_many([token(1), token(3), token(9)], NOW) == {
            token(1): session(7),
            token(3): session(8),
        }
        assert sessions.of_user(7, NOW).keys() == {token(1), token(2)}
        assert sessions.of_user(99, NOW) == {}

    def test_an_expired_session_is_as_good_as_absent(self, sessions: Sessions) -> None:
        sessions.put({token(1): session(7, lasts=500_000), token(2): session(7)})
        assert sessions.get_many([token(1), token(2)], NOW + 500_000).keys() == {token(2)}
        assert sessions.get_many([token(1)], NOW + 499_999).keys() == {token(1)}
        assert sessions.of_user(7, NOW + 500_000).keys() == {token(2)}
        sessions.forget(NOW + 500_000)
        assert sessions.of_user(7, NOW + 500_000).keys() == {token(2)}

    def test_a_repeat_changes_nothing(self, sessions: Sessions) -> None:
        sessions.put({token(1): session(7)})
        sessions.put({token(1): session(8)})
        assert sessions.get_many([token(1)], NOW) == {token(1): session(7)}

    def test_sessions_end_one_by_one_and_all_of_a_user(self, sessions: Sessions) -> None:
        sessions.put({token(number): session(7 + number // 4) for number in range(1, 6)})
        sessions.remove([token(1), token(99)])
        assert sessions.of_user(7, NOW).keys() == {token(2), token(3)}
        sessions.remove_of([7, 99])
        assert sessions.of_user(7, NOW) == {}
        assert sessions.get_many([token(2), token(4)], NOW).keys() == {token(4)}


class TestSqliteSessions(SessionsContract):
    adapter = SqliteSessions


class TestRedisSessions(SessionsContract):
    @pytest.fixture
    def sessions(self, redis_store: RedisStore) -> Sessions:
        return RedisSessions(redis_store)
