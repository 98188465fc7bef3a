"""A keyspace of these tests' own on the real server."""

from collections.abc import Iterator

import pytest

from feed_core.adapters.cassandra.session import CassandraSession
from pipelines.stack.layout import Stack
from tests.cassandra_keyspace import empty, fresh_keyspace


@pytest.fixture(scope="session")
def _keyspace(cassandra_server: Stack) -> Iterator[CassandraSession]:
    with fresh_keyspace(cassandra_server) as session:
        yield session


@pytest.fixture
def cassandra(_keyspace: CassandraSession) -> CassandraSession:
    """An empty keyspace with every table."""
    empty(_keyspace)
    return _keyspace
