"""The contract of ``ports.decisions``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.postgres.decisions import PostgresDecisions
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.decisions import SqliteDecisions
from feed_core.ports.decisions import Decisions


class DecisionsContract:
    adapter: Callable[[Database], Decisions]

    @pytest.fixture
    def decisions(self, database: Database) -> Decisions:
        return type(self).adapter(database)

    def test_a_decision_is_new_once(self, decisions: Decisions) -> None:
        assert decisions.add([5, 6, 5]) == [True, True, False]
        assert decisions.add([6, (1 << 63) - 1]) == [False, True]
        assert decisions.add([]) == []
        assert decisions.logged([5, 7, (1 << 63) - 1]) == {5, (1 << 63) - 1}
        assert decisions.logged([]) == set()


class TestSqliteDecisions(DecisionsContract):
    adapter = SqliteDecisions


class TestPostgresDecisions(DecisionsContract):
    @pytest.fixture
    def decisions(self, shards: Shards) -> Decisions:
        return PostgresDecisions(shards)
