"""A Cassandra session that prepares each statement once, keeps many requests in flight, and fails in one
way.

Every statement here may be repeated without harm, so a request that a node did not answer is sent once more
to the next one, and a read that is slow is asked of a second replica beside the first.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from cassandra import DriverException
from cassandra.cluster import EXEC_PROFILE_DEFAULT, NoHostAvailable, PreparedStatement, Session
from cassandra.connection import ConnectionException
from cassandra.query import BatchStatement, BatchType

from feed_core.adapters.cassandra.timestamps import Timestamps
from feed_core.adapters.journal.applying import current_step
from feed_core.model.errors import Unavailable

IN_FLIGHT = 128
"""Requests that one call keeps under way."""
KEYS_AT_ONCE = 64
"""Keys of one ``IN``: a request has a cost of its own that outweighs twenty keys."""
ROWS_AT_ONCE = 48
"""Rows of one unlogged batch, small ones: a row alone costs fifteen times as much."""
_BATCHES_IN_FLIGHT = 24
READS = "reads"
"""The execution profile of what is asked of a second replica when the first is slow. Writes go to all of
them anyway."""
_Key = TypeVar("_Key", int, str)
Write = tuple[str, Iterable[Sequence[object]]]
"""A statement, and what to bind to it row by row."""


class CassandraSession:
    """Reads and writes of one keyspace; thread-safe. Raises ``Unavailable`` when Cassandra does not
    answer."""

    def __init__(self, session: Session, times: Timestamps, read_level: int, write_level: int) -> None:
        self._session, self._times = session, times
        self._levels = {True: read_level, False: write_level}
        self._prepared: dict[str, PreparedStatement] = {}
        self._lock = threading.Lock()

    @property
    def keyspace(self) -> str:
        """Where unqualified tables are looked for."""
        return str(self._session.keyspace)

    def rows(self, cql: str, *values: object) -> list[Any]:
        """All rows of one read, as tuples."""
        return self.rows_many(cql, (values,))[0]

    def rows_many(self, cql: str, bindings: Iterable[Sequence[object]]) -> list[list[Any]]:
        """The rows of the same read for each binding, in their order, many under way at once."""
        statement = self._prepare(cql)
        return list(self._pipelined((statement.bind(each) for each in bindings), IN_FLIGHT, READS))

    def rows_of(self, *reads: tuple[str, Iterable[Sequence[object]]]) -> list[list[list[Any]]]:
        """As ``rows_many`` for several reads, whose requests are under way at once."""
        bound = [[self._prepare(cql).bind(each) for each in bindings] for cql, bindings in reads]
        found = self._pipelined((one for some in bound for one in some), IN_FLIGHT, READS)
        return [list(islice(found, len(some))) for some in bound]

    def rows_in(self, cql: str, keys: Collection[_Key], *values: object) -> list[Any]:
        """Rows for all keys: the first mark of ``cql`` is an ``IN`` of them, ``values`` are the others."""
        listed = list(keys)
        chunks = (listed[at : at + KEYS_AT_ONCE] for at in range(0, len(listed), KEYS_AT_ONCE))
        return [row for rows in self.rows_many(cql, ((chunk, *values) for chunk in chunks)) for row in rows]

    def write(self, cql: str, bindings: Iterable[Sequence[object]]) -> None:
        """The same write for each binding, each a request; for large rows. Returns when all are durable."""
        statement = self._prepare(cql)
        deque(self._pipelined((statement.bind(each) for each in bindings), IN_FLIGHT), maxlen=0)

    def write_small(self, cql: str, bindings: Iterable[Sequence[object]]) -> None:
        """As ``write`` for rows below 100 bytes, many a request. No two bindings may name the same row."""
        self.write_together((cql, bindings))

    def write_together(self, *writes: Write) -> None:
        """As ``write_small`` for several statements, which share requests and have no order among them."""
        self._write(self._batches(self._bound(writes)))

    def write_before(self, last: Write, *writes: Write) -> None:
        """As ``write_together``, and then the rows of ``last``, large ones, a request each; in a unit beside
        the others."""
        if current_step() is None:
            self.write_together(*writes)
            self.write(*last)
            return
        self._write(chain(self._bound([last]), self._batches(self._bound(writes))))

    def write_first(self, *writes: Write) -> None:
        """As ``write_small`` for one statement after the other, so that the first is there when a later one
        is. In a unit together: its repetition writes all of them, and all alike."""
        if current_step() is not None:
            self.write_together(*writes)
            return
        for cql, bindings in writes:
            self.write_small(cql, bindings)

    def applied(self, cql: str, *values: object) -> bool:
        """Run a light-weight transaction; answers whether its condition held. Never sent twice."""
        statement = self._prepare(cql, once=True)
        return bool(self._pipe_one(statement.bind(values))[0][0])

    def run(self, cql: str) -> None:
        """Run one statement of the schema."""
        with _translated():
            self._session.execute(cql, timeout=60)

    def now(self) -> int:
        """The time (µs) of a write that is made now."""
        return self._times()

    def close(self) -> None:
        """Close the connections."""
        self._session.cluster.shutdown()

    def _write(self, requests: Iterable[Any]) -> None:
        deque(self._pipelined(requests, _BATCHES_IN_FLIGHT), maxlen=0)

    def _bound(self, writes: Iterable[Write]) -> Iterator[Any]:
        return (self._prepare(cql).bind(each) for cql, bindings in writes for each in bindings)

    def _prepare(self, cql: str, *, once: bool = False) -> PreparedStatement:
        statement = self._prepared.get(cql)
        if statement is None:
            with self._lock, _translated():
                statement = self._session.prepare(cql)
                statement.is_idempotent = not once
                statement.consistency_level = self._levels[cql.startswith("SELECT")]
                self._prepared[cql] = statement
        return statement

    def _pipe_one(self, statement: Any) -> list[Any]:
        return next(self._pipelined((statement,), 1))

    def _pipelined(
        self, statements: Iterable[Any], in_flight: int, profile: object = EXEC_PROFILE_DEFAULT
    ) -> Iterator[list[Any]]:
        """Results in the order of the statements, with up to ``in_flight`` requests under way."""
        waiting: deque[Any] = deque()
        with _translated():
            for statement in statements:
                if len(waiting) == in_flight:
                    yield waiting.popleft().result().all()
                waiting.append(self._session.execute_async(statement, execution_profile=profile))
            while waiting:
                yield waiting.popleft().result().all()

    def _batches(self, statements: Iterable[Any]) -> Iterator[Any]:
        """Unlogged batches, each of rows that have their first replica in common."""
        owner = self._owner()
        open_batches: dict[object, Any] = {}
        for statement in statements:
            place = owner(statement)
            batch = open_batches.get(place)
            if batch is None:
                batch = open_batches[place] = BatchStatement(
                    BatchType.UNLOGGED, consistency_level=self._levels[False]
                )
                batch.is_idempotent = True
            batch.add(statement)
            if len(batch) == ROWS_AT_ONCE:
                yield open_batches.pop(place)
        yield from open_batches.values()

    def _owner(self) -> Callable[[Any], object]:
        """Which node holds a statement's row first; with one node there is nothing to tell apart."""
        metadata, keyspace = self._session.cluster.metadata, self._session.keyspace
        if len(metadata.all_hosts()) == 1:
            return lambda _: None
        return lambda statement: next(iter(metadata.get_replicas(keyspace, statement.routing_key)), None)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DriverException, NoHostAvailable, ConnectionException) as error:
        raise Unavailable(
            f"Cassandra does not answer: {type(error).__name__}.",
            fix="Try again; ask `loupe stack status` if it stays so.",
        ) from error
