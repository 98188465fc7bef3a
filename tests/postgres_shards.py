"""Postgres databases for tests: eight logical shards on two clusters.

``shards`` is what the adapters take, over databases that the worker's tests share and that are emptied
before each; ``empty_postgres`` empties tables of theirs once more. ``fresh_postgres_urls`` are the addresses
of migrated databases of the test's own, and ``empty_postgres_urls`` of databases without any table.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import psycopg
import pytest
from psycopg import sql

from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.migrating import migrate, read_migrations
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
def fresh_postgres_urls(postgres_server: Stack) -> Iterator[list[str]]:
    with migrated(postgres_server, SHARDS) as urls:
        yield urls


@pytest.fixture(scope="session")
def _shared_urls(postgres_server: Stack) -> Iterator[list[str]]:
    with migrated(postgres_server, SHARDS) as urls:
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


@pytest.fixture
def empty_postgres(shards: Shards) -> Callable[..., None]:
    """Empties the tables that it is told, for tests that play many histories."""

    def empty(*tables: str) -> None:
        shards.write_each(
            shards.all(),
            lambda cursor, _: [cursor.execute(f"DELETE FROM {{s}}.{table}") for table in tables],
        )

    return empty


@contextmanager
def migrated(stack: Stack, shards: int) -> Iterator[list[str]]:
    """As ``databases``, with every table: a copy of what one test has migrated, for the others of the run."""
    texts = repr([read_migrations(kind) for kind in ("cluster", "shard")])
    name = f"migrated_{shards}_{sha256(texts.encode()).hexdigest()[:8]}"
    made = stack.home / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _on_each(stack, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            _make(stack, name)
            migrate(_urls(stack, name), shards)
            made.touch()
    with databases(stack, name) as urls:
        yield urls


@contextmanager
def databases(stack: Stack, template: str = "template1") -> Iterator[list[str]]:
    """Addresses of copies of ``template``, one on each cluster, which are dropped at the end; of empty
    databases without one."""
    name = fresh_name().replace("-", "_")
    _make(stack, name, template)
    try:
        yield _urls(stack, name)
    finally:
        _on_each(stack, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _urls(stack: Stack, name: str) -> list[str]:
    given = environment(stack)["LOUPE_POSTGRES_URLS"].split()
    return [f"{url.rpartition('/')[0]}/{name}" for url in given]


def _make(stack: Stack, name: str, template: str = "template1") -> None:
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER loupe")
    _on_each(stack, made.format(sql.Identifier(name), sql.Identifier(template)))


def _on_each(stack: Stack, text: sql.Composed) -> None:
    for server in stack.servers:
        if (server.family, server.role) == ("postgres", "primary"):
            with connect(stack, server) as connection:
                connection.execute(text)
