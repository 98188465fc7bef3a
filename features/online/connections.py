"""One SQLite connection a thread to one file, and one writer at a time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feed_core.model.errors import Corrupt, Unavailable
from feed_core.thread_connections import ThreadConnections

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
    # A checkpoint waits for the disk; this many pages (32 MiB) keep it out of nearly every write.
    "PRAGMA wal_autocheckpoint=8192",
)


class Connections:
    """Connections to ``path``; raises ``Corrupt`` when the file is no database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open = ThreadConnections()
        self._writer = threading.Lock()
        self._closed = False
        self._write_connection: sqlite3.Connection | None = None
        self._last_version = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self.here()

    def here(self) -> sqlite3.Connection:
        """This thread's connection; raises ``Unavailable`` after ``close``."""
        if self._closed:
            raise Unavailable(f"{self.path} is closed.")
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            self._open.keep(connection)
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, rolled back when an error leaves the block."""
        with self._writer:
            connection = self._writing()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def version(self) -> int:
        """A number that changes when another connection than our writing one has committed.

        While a write of ours goes on nobody else can commit, so the last number stands.
        """
        if self._writer.acquire(blocking=False):
            try:
                (row,) = self._writing().execute("PRAGMA data_version").fetchall()
                self._last_version = int(row[0])
            finally:
                self._writer.release()
        return self._last_version

    def close(self) -> None:
        """Close the connections of all threads."""
        self._closed = True
        self._open.close()
        if self._write_connection is not None:
            self._write_connection.close()

    def _writing(self) -> sqlite3.Connection:
        """The one connection that this process writes through; its holder has the writer's lock."""
        self.here()
        if self._write_connection is None:
            self._write_connection = self._connect()
        return self._write_connection

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            for pragma in _PRAGMAS:
                connection.execute(pragma).close()
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            fix = "Delete the file and run: loupe features materialize."
            raise Corrupt(f"{self.path} is not a readable database: {error}.", fix=fix) from error
        return connection
