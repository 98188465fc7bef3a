"""Brings a keyspace to the newest version: ``feed_core/migrations/cassandra/NNNN_name.cql``, each once, in
order.

One process at a time holds a lock that ends by itself; a migration that was cut off runs again, so each
statement says ``IF NOT EXISTS`` or the like.
"""

import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.errors import Conflict, Unavailable

FOLDER = Path(__file__).parents[2] / "migrations" / "cassandra"
_LOCK_SECONDS, _PATIENCE_SECONDS, _PAUSE_SECONDS = 120, 150, 0.1
_OWN_TABLES = (
    "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY, checksum text)",
    "CREATE TABLE IF NOT EXISTS schema_lock (name text PRIMARY KEY, holder uuid)",
)


def migrate(session: CassandraSession, folder: Path = FOLDER) -> list[str]:
    """Apply what the keyspace lacks; answers the versions applied.

    Raises ``Conflict`` when a migration that was applied has changed since, ``Unavailable`` when another
    process migrates for more than two minutes.
    """
    for statement in _OWN_TABLES:
        session.run(statement)
    if not _missing(session, folder):
        return []
    with _locked(session):
        missing = _missing(session, folder)
        for path in missing:
            for statement in statements_of(path.read_text()):
                session.run(statement)
            session.write("INSERT INTO schema_migrations (version, checksum) VALUES (?, ?)", [_mark(path)])
        return [path.stem for path in missing]


def statements_of(text: str) -> list[str]:
    """The statements of a migration: comments are lines that begin with ``--``, statements end with ``;``."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]


def _missing(session: CassandraSession, folder: Path) -> list[Path]:
    applied = dict(session.rows("SELECT version, checksum FROM schema_migrations"))
    missing = []
    for path in sorted(folder.glob("*.cql")):
        version, checksum = _mark(path)
        if version not in applied:
            missing.append(path)
        elif applied[version] != checksum:
            raise Conflict(f"Migration {version} was applied with another text.", fix="Add a new migration.")
    return missing


def _mark(path: Path) -> tuple[str, str]:
    """Version and checksum of the statements; comments may change."""
    text = "\n".join(statements_of(path.read_text()))
    return path.stem, hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _locked(session: CassandraSession) -> Iterator[None]:
    holder, deadline = uuid.uuid4(), time.monotonic() + _PATIENCE_SECONDS
    take = (
        f"INSERT INTO schema_lock (name, holder) VALUES ('schema', ?) IF NOT EXISTS USING TTL {_LOCK_SECONDS}"
    )
    while not session.applied(take, holder):
        if time.monotonic() > deadline:
            raise Unavailable("Another process migrates Cassandra.", fix="Wait for it to end.")
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        session.applied("DELETE FROM schema_lock WHERE name = 'schema' IF holder = ?", holder)
