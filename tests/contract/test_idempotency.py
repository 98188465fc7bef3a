"""The contract of ``ports.idempotency``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.postgres.idempotency import PostgresIdempotencyKeys
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.ports.idempotency import IdempotencyKeys


class IdempotencyKeysContract:
    adapter: Callable[[Database], IdempotencyKeys]

    @pytest.fixture
    def keys(self, database: Database) -> IdempotencyKeys:
        return type(self).adapter(database)

    def test_the_first_answer_stays(self, keys: IdempotencyKeys) -> None:
        assert keys.put(1, "k", b"first", expires_at=100) == b"first"
        assert keys.put(1, "k", b"second", expires_at=200) == b"first"
        assert keys.get(1, "k", now=99) == b"first"

    def test_users_and_keys_are_apart(self, keys: IdempotencyKeys) -> None:
        keys.put(1, "k", b"mine", expires_at=100)
        assert keys.get(2, "k", now=0) is keys.get(1, "K", now=0) is None

    def test_an_answer_expires_and_makes_room(self, keys: IdempotencyKeys) -> None:
        keys.put(1, "k", b"old", expires_at=100)
        keys.put(1, "other", b"young", expires_at=101)
        assert keys.get(1, "k", now=100) is None
        keys.forget(now=100)
        assert keys.put(1, "k", b"new", expires_at=200) == b"new"
        assert keys.get(1, "other", now=100) == b"young"

    def test_an_expired_answer_that_is_met_makes_room(self, keys: IdempotencyKeys) -> None:
        keys.put(1, "k", b"old", expires_at=100)
        assert keys.get(1, "k", now=100) is None
        assert keys.put(1, "k", b"new", expires_at=200) == b"new"


class TestSqliteIdempotencyKeys(IdempotencyKeysContract):
    adapter = SqliteIdempotencyKeys


class TestPostgresIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys(self, shards: Shards) -> IdempotencyKeys:
        return PostgresIdempotencyKeys(shards)
