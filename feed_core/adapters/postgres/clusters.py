"""Connections to the physical Postgres clusters: one pool each, and a session that keeps what it takes."""

import select
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg
from psycopg.pq import PipelineStatus
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from feed_core.model.errors import Unavailable

Connection = psycopg.Connection[tuple[object, ...]]
MAX_CONNECTIONS = 20
LOCK_WAIT_MS = 8_000
_PATIENCE_S = 5.0
"""How long a call waits for a connection: a cluster that was killed is back sooner, or it is better said."""
_ATTEMPT_S = 1.0
"""How long the pool tries by itself to connect: its pauses double, and would outlast a cluster's absence."""


class Clusters:
    """The clusters by number: their places in ``urls``. Connections commit by themselves.

    Raises ``Unavailable`` when a cluster does not answer, when all of its connections stay in use, or when a
    lock is held by others for ``lock_wait_ms``, 0 for any time.
    """

    def __init__(
        self, urls: Sequence[str], max_connections: int = MAX_CONNECTIONS, lock_wait_ms: int = LOCK_WAIT_MS
    ) -> None:
        self._pools = [_pool(url, number, max_connections, lock_wait_ms) for number, url in enumerate(urls)]
        self._local = threading.local()

    def __len__(self) -> int:
        return len(self._pools)

    @contextmanager
    def connection(self, cluster: int) -> Iterator[Connection]:
        """A connection for this block; inside a session, the one that the session keeps."""
        kept: dict[int, Connection] | None = getattr(self._local, "kept", None)
        with _translated(cluster):
            if kept is None:
                with self._pools[cluster].connection(_PATIENCE_S) as connection:
                    yield connection
            else:
                if cluster not in kept:
                    kept[cluster] = self._pools[cluster].getconn(_PATIENCE_S)
                yield kept[cluster]

    @contextmanager
    def transaction(self, cluster: int) -> Iterator[Connection]:
        """A transaction whose statements go to the server together: one trip, and one more for each place
        at which an answer is fetched inside. Inside another one on the same connection, it is part of it."""
        with self.connection(cluster) as connection:
            if connection.pgconn.pipeline_status != PipelineStatus.OFF:
                with connection.pipeline():
                    yield connection
            else:
                with _together(connection):
                    yield connection

    @contextmanager
    def session(self) -> Iterator[None]:
        """For the length of the block this thread keeps each connection that it takes.

        Session-level locks live that long. Inside another session, join it.
        """
        if getattr(self._local, "kept", None) is not None:
            yield
            return
        kept: dict[int, Connection] = {}
        self._local.kept = kept
        try:
            yield
        finally:
            self._local.kept = None
            for cluster, connection in kept.items():
                _unlock(connection)
                self._pools[cluster].putconn(connection)

    @property
    def in_session(self) -> bool:
        """Whether this thread is inside a session."""
        return getattr(self._local, "kept", None) is not None

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            pool.close()


def _pool(url: str, number: int, max_connections: int, lock_wait_ms: int) -> ConnectionPool[Connection]:
    with _translated(number):
        return ConnectionPool(
            url,
            min_size=0,
            max_size=max_connections,
            open=True,
            timeout=_PATIENCE_S,
            reconnect_timeout=_ATTEMPT_S,
            name=f"postgres-{number}",
            check=_check,
            kwargs={
                "autocommit": True,
                "connect_timeout": 5,
                "prepare_threshold": None,
                "options": f"-c lock_timeout={lock_wait_ms}",
            },
        )


def _check(connection: Connection) -> None:
    """Ask the server only when there is something to hear: one that is gone has closed its end."""
    listening = select.poll()
    listening.register(connection.fileno(), select.POLLIN)
    if listening.poll(0):
        ConnectionPool.check_connection(connection)


@contextmanager
def _together(connection: Connection) -> Iterator[None]:
    try:
        with connection.pipeline():
            connection.execute("BEGIN")
            yield
            connection.execute("COMMIT")
    except BaseException:
        with suppress(psycopg.OperationalError):  # one that is lost has rolled back
            connection.rollback()
        raise


def _unlock(connection: Connection) -> None:
    """Let go of the session's locks; a connection that cannot is closed, which does the same."""
    try:
        connection.execute("SELECT pg_advisory_unlock_all()")
    except psycopg.Error:
        connection.close()


@contextmanager
def _translated(cluster: int) -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, PoolTimeout, PoolClosed) as error:
        raise Unavailable(
            f"Postgres cluster {cluster} does not serve this now: {error}.",
            fix="Try again with the same idempotency key; if it stays so, see loupe stack status.",
        ) from error
