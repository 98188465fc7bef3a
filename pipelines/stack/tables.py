"""Brings Postgres' tables of a stack to the newest version; Cassandra's and Kafka's are made when opened."""

from pathlib import Path

from feed_core.stores import migrate_postgres
from pipelines.stack.variables import read_environment


def migrate(home: Path) -> int:
    """Migrate the Postgres clusters of the stack in ``home``; answers how many migrations ran.

    Raises ``NotFound`` where none is up.
    """
    return migrate_postgres(postgres_urls(home))


def postgres_urls(home: Path) -> list[str]:
    """The clusters' primaries in the order in which they were made."""
    return read_environment(home)["LOUPE_POSTGRES_URLS"].split()
