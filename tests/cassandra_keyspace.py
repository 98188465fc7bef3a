"""A keyspace of a test run's own, emptied before each test: much faster than a new one."""

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.url import cassandra_url
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.servers import fresh_name

_WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE .*?FROM)\s+(\w+)")
_KEPT = {"schema_migrations", "schema_lock"}
_KEYS = """
SELECT table_name, column_name, position FROM system_schema.columns
WHERE keyspace_name = ? AND kind = 'partition_key' ALLOW FILTERING
"""


@contextmanager
def fresh_keyspace(stack: Stack) -> Iterator[CassandraSession]:
    """A session in a new, migrated keyspace, which is dropped at the end."""
    url = cassandra_url(environment(stack)["LOUPE_CASSANDRA_URL"])
    url = msgspec.structs.replace(url, keyspace=fresh_name().replace("-", "_"), timeout_ms=60_000)
    session = open_cassandra(url)
    try:
        yield session
    finally:
        session.run(f"DROP KEYSPACE {url.keyspace}")
        session.close()


class Emptying:
    """Removes what has been written through one session, the only one that writes to its keyspace.

    It looks into the tables that were written to only: a table where much was removed is slow to look
    through, and most tests write to a few.
    """

    def __init__(self, session: CassandraSession) -> None:
        self._session, self._prepare = session, session._prepare
        self._written: set[str] = set()
        self._keys: dict[str, dict[int, str]] = {}
        for table, column, position in session.rows(_KEYS, session.keyspace):
            self._keys.setdefault(table, {})[position] = column
        session._prepare = self._noting  # type: ignore[method-assign]

    def empty(self) -> None:
        """Remove every row that is there now, of every table but those of the migrations."""
        with ThreadPoolExecutor(4) as pool:
            deque(pool.map(self._empty_table, self._written & self._keys.keys() - _KEPT), maxlen=0)
        self._written.clear()

    def _noting(self, cql: str, **options: Any) -> Any:
        if found := _WRITES.match(cql):
            self._written.add(found[1])
        return self._prepare(cql, **options)

    def _empty_table(self, table: str) -> None:
        columns = [column for _, column in sorted(self._keys[table].items())]
        where = " AND ".join(f"{column} = ?" for column in columns)
        rows = self._session.rows(f"SELECT DISTINCT {', '.join(columns)} FROM {table}")
        if rows:
            self._session.write_small(f"DELETE FROM {table} WHERE {where}", rows)


@pytest.fixture(scope="session")
def _emptied(cassandra_server: Stack) -> Iterator[tuple[CassandraSession, Emptying]]:
    with fresh_keyspace(cassandra_server) as session:
        yield session, Emptying(session)


@pytest.fixture
def empty_cassandra(_emptied: tuple[CassandraSession, Emptying]) -> Emptying:
    """Empties what ``cassandra`` writes to, for tests that play many histories."""
    return _emptied[1]


@pytest.fixture
def cassandra(_emptied: tuple[CassandraSession, Emptying]) -> CassandraSession:
    """An empty keyspace with every table."""
    session, emptying = _emptied
    emptying.empty()
    return session
