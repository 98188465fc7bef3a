"""Postgres databases for tests: eight logical shards on two clusters.

``shards`` is what the adapters take, over databases that the worker's tests share and that are emptied
before each. ``fresh_postgres_urls`` are the addresses of migrated databases of the test's own, and
``empty_postgres_urls`` of databases without any table.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.migrating import migrate
from feed_core.adapters.postgres.shards import Shards
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from pipelines.stack.postgres import connect
from tests.servers import fresh_name

SHARDS = 8
EMPTY = """
DO $$ DECLARE one RECORD; BEGIN
  FOR one IN SELECT schemaname, tablename FROM pg_tables
    WHERE (schemaname ~ '^s[0-9]+$' AND tablename NOT IN ('id_ticks', 'ids_given')) OR tablename = 'id_times'
  LOOP EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename); END LOOP;
END $$
"""


@pytest.fixture
def empty_postgres_urls(postgres_server: Stack) -> Iterator[list[str]]:
    with databases(postgres_server) as urls:
        yield urls


@pytest.fixture
def fresh_postgres_urls(empty_postgres_urls: list[str]) -> list[str]:
    migrate(empty_postgres_urls, SHARDS)
    return empty_postgres_urls


@pytest.fixture(scope="session")
def _shared_urls(postgres_server: Stack) -> Iterator[list[str]]:
    with databases(postgres_server) as urls:
        migrate(urls, SHARDS)
        yield urls


@pytest.fixture
def postgres_urls(_shared_urls: list[str]) -> list[str]:
    """The shared databases' addresses; their tables are empty."""
    for url in _shared_urls:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(EMPTY)
    return _shared_urls


@pytest.fixture
def shards(postgres_urls: list[str]) -> Iterator[Shards]:
    clusters = Clusters(postgres_urls)
    yield Shards(clusters)
    clusters.close()


@contextmanager
def databases(stack: Stack) -> Iterator[list[str]]:
    """Addresses of empty databases, one on each cluster, which are dropped at the end."""
    name = fresh_name().replace("-", "_")
    _on_each(stack, sql.SQL("CREATE DATABASE {} OWNER loupe").format(sql.Identifier(name)))
    try:
        yield _urls(stack, name)
    finally:
        _on_each(stack, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _urls(stack: Stack, name: str) -> list[str]:
    given = environment(stack)["LOUPE_POSTGRES_URLS"].split()
    return [f"{url.rpartition('/')[0]}/{name}" for url in given]


def _on_each(stack: Stack, text: sql.Composed) -> None:
    for server in stack.servers:
        if (server.family, server.role) == ("postgres", "primary"):
            with connect(stack, server) as connection:
                connection.execute(text)
