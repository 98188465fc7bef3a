"""One SQLite file in WAL mode: a connection per thread, one writer at a time, joined transactions."""

import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from feed_core.model.errors import Corrupt, Unavailable
from feed_core.thread_connections import ThreadConnections

_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA busy_timeout = 30000;
PRAGMA cache_size = -16384;
PRAGMA mmap_size = 1073741824;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 32000;
"""
_encode_json = msgspec.json.Encoder().encode


def json_keys(keys: Iterable[int] | Iterable[str]) -> str:
    """Keys as a JSON array, to be bound once and read with ``json_each``."""
    return _encode_json(tuple(keys)).decode()


class Database:
    """Implements ``ports.transactions.Transactions`` for every adapter on the same file.

    Unless ``durable``, a machine that loses its power may leave a damaged file; once closed, it is as safe as
    any. Raises ``Corrupt`` when the file is no SQLite database and ``Unavailable`` when it cannot be
    opened or another process keeps it locked for more than 30 seconds.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path, self._durable = path, durable
        self._local = threading.local()
        self._writer = threading.RLock()
        self._connections = ThreadConnections()
        _make_folder(path)
        self.connection()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            self._local.depth = 0
            self._local.reading = False
            self._local.failed = False
            self._connections.keep(connection)
        return connection

    def create(self, schema: str) -> None:
        """Run idempotent ``CREATE … IF NOT EXISTS`` statements."""
        with self._writer, _translated(self._path):
            self.connection().executescript(schema)

    def widen(self, table: str, columns: Mapping[str, str]) -> None:
        """Give a table of an earlier release the columns (name → definition) that it lacks."""
        with self._writer, _translated(self._path):
            present = {row[1] for row in self.rows(f"PRAGMA table_info({table})")}
            for name, definition in columns.items():
                if name not in present:
                    self.connection().execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """All rows of one read."""
        return self.connection().execute(sql, parameters).fetchall()

    def marked(self, table: str, key: str, mark: str, ids: Collection[int]) -> set[int]:
        """Those of ``ids`` whose row in ``table`` holds ``mark``, the condition of a partial index.

        While that index has no more rows between the ids than there are ids, it is read through;
        else each id is looked up.
        """
        if not ids:
            return set()
        select = f"SELECT {key} FROM {table} WHERE ({mark}) AND {key}"
        found = self.rows(f"{select} BETWEEN ? AND ? LIMIT ?", min(ids), max(ids), len(ids) + 1)
        if len(found) > len(ids):
            found = self.rows(f"{select} IN (SELECT value FROM json_each(?))", json_keys(ids))
        return {id_ for (id_,) in found}.intersection(ids)

    @contextmanager
    def transaction(
        self,
        owners: Collection[int] = (),  # noqa: ARG002 (one writer at a time needs no owners)
        beside: Collection[int] = (),  # noqa: ARG002
    ) -> Iterator[sqlite3.Connection]:
        """Begin, then commit or roll back; inside another transaction of this thread, join it."""
        connection, local = self.connection(), self._local
        if local.depth:
            yield from self._join(connection)
            return
        if local.reading:
            raise RuntimeError("A write was asked for inside a snapshot.")
        with self._writer, _translated(self._path):
            connection.execute("BEGIN IMMEDIATE")
            local.depth, local.failed = 1, False
            try:
                yield connection
                self._finish(connection)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                local.depth = 0

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Reads inside see one state; inside a transaction or a snapshot, join it."""
        connection, local = self.connection(), self._local
        if local.depth or local.reading:
            yield connection
            return
        connection.execute("BEGIN")
        local.reading = True
        try:
            yield connection
        finally:
            local.reading = False
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close every thread's connection; the last one folds the WAL into the file."""
        self._connections.close()
        self._local = threading.local()
        if not self._durable:
            _sync(self._path)

    def _finish(self, connection: sqlite3.Connection) -> None:
        if self._local.failed:
            raise RuntimeError("A part of this transaction failed, so none of it is kept.")
        connection.execute("COMMIT")

    def _join(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        try:
            yield connection
        except BaseException:
            self._local.failed = True
            raise

    def _connect(self) -> sqlite3.Connection:
        with _translated(self._path):
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=30
            )
            connection.executescript(_PRAGMAS)
            if not self._durable:
                connection.execute("PRAGMA synchronous = OFF")
            return connection


def _sync(path: Path) -> None:
    """Bring to the disk what is only in the system's memory: the file, and a log that others keep open."""
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.exists():
            with file.open("rb") as opened:
                os.fsync(opened)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be used: {error}.", fix="Name a folder that can be written to."
        ) from error


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "unable to open" in str(error):
            raise Unavailable(
                f"{path} cannot be used: {error}.", fix="Check the folder and other processes that hold it."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise Corrupt(f"{path} is damaged: {error}.", fix="Restore it, or start a new home.") from error
        raise
