"""Logical shards: schemas ``s000``, ``s001``, … spread over the clusters, found by a map that may change.

A shard is where its schema is. The map on cluster 0 says where to look first; whoever finds the schema
gone reads the map again and repeats, so a shard can move under running services. Writers hold the shard's
lock shared, and whoever moves the shard holds it alone.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from feed_core.adapters.postgres.clusters import Clusters, Connection
from feed_core.model.errors import Unavailable
from feed_core.model.ids import shard_of

T = TypeVar("T")
Answer = psycopg.Cursor[Any]
"""What a statement answered, once it has."""
SHARD_LOCK = 0x4C50
"""The first half of a shard lock's key; the second is the shard's number."""
_HOLD = "SELECT pg_advisory_xact_lock_shared(%s, shard) FROM unnest(%s::int[]) AS shard"
_MOVED = (errors.UndefinedTable, errors.InvalidSchemaName, errors.UndefinedFunction)
_PATIENCE_S, _PAUSE_S = 10.0, 0.01


def schema_of(shard: int) -> str:
    """The schema's name."""
    return f"s{shard:03d}"


class ShardCursor:
    """Runs SQL that names the schema of the shard that it stands at as ``{s}``.

    The statements of a transaction go to the server together. Whoever needs an answer on the way fetches
    it from what ``execute`` returns; whoever does not returns that, and reads it after the transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.shard = 0

    def execute(self, query: str, params: Sequence[Any] = ()) -> Answer:
        """A cursor of its own for each statement."""
        return self._connection.execute(_in(query, self.shard), params)

    def executemany(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """The statement for each row."""
        self._connection.cursor().executemany(_in(query, self.shard), rows)


class Shards:
    """``count`` logical shards. SQL names the shard's schema as ``{s}``."""

    def __init__(self, clusters: Clusters) -> None:
        self.clusters = clusters
        with clusters.connection(0) as connection:
            self.count = read_layout(connection)
        self._map: dict[int, int] = {}
        self._read_map()

    def of_user(self, user_id: int) -> int:
        """Where what a user owns lives."""
        return user_id % self.count

    def of_id(self, id_: int) -> int:
        """The shard that an id was made on."""
        return shard_of(id_) % self.count

    def cluster_of(self, shard: int) -> int:
        """Where to look for a shard first."""
        return self._map[shard]

    def all(self) -> range:
        """Every shard."""
        return range(self.count)

    def read(self, shard: int, sql: str, *parameters: Any) -> list[Any]:
        """All rows of one read in one shard."""
        return self.read_each(sql, {shard: parameters})

    def read_each(self, sql: str, parameters: Mapping[int, Sequence[Any]]) -> list[Any]:
        """The rows of one read in several shards, each with its own parameters, one trip per cluster."""
        parts = self._found(parameters, lambda cluster, there: self._read_at(cluster, sql, there, parameters))
        return [row for rows in parts for row in rows]

    def write(self, shard: int, act: Callable[[ShardCursor, int], T]) -> T:
        """``act(cursor, shard)`` in one transaction; it may be repeated when the shard has moved."""
        return self.write_each([shard], act)[shard]

    def write_each(self, shards: Collection[int], act: Callable[[ShardCursor, int], T]) -> dict[int, T]:
        """``act(cursor, shard)`` for several shards, in one transaction, and one trip, per cluster."""
        parts = self._found(shards, lambda cluster, there: self._write_at(cluster, there, act))
        return {shard: answer for part in parts for shard, answer in part.items()}

    def follow(self, shard: int, act: Callable[[int], T]) -> T:
        """``act(cluster)``, again with another cluster when the shard has moved."""
        return self._found([shard], lambda cluster, _: act(cluster))[0]

    def _read_at(
        self, cluster: int, sql: str, shards: Sequence[int], parameters: Mapping[int, Sequence[Any]]
    ) -> list[Any]:
        with self.clusters.connection(cluster) as connection:
            if len(shards) == 1:
                one = connection.execute(_in(sql, shards[0]), parameters[shards[0]])
                return one.fetchall()
            with connection.pipeline():
                asked = [connection.execute(_in(sql, shard), parameters[shard]) for shard in shards]
            return [row for cursor in asked for row in cursor.fetchall()]

    def _write_at(
        self, cluster: int, shards: Sequence[int], act: Callable[[ShardCursor, int], T]
    ) -> dict[int, T]:
        with self.clusters.transaction(cluster) as connection:
            connection.execute(_HOLD, (SHARD_LOCK, list(shards)))
            cursor, answers = ShardCursor(connection), {}
            for shard in shards:
                cursor.shard = shard
                answers[shard] = act(cursor, shard)
            return answers

    def _grouped(self, shards: Collection[int]) -> dict[int, list[int]]:
        groups: dict[int, list[int]] = {}
        for shard in sorted(shards):
            groups.setdefault(self._map[shard], []).append(shard)
        return groups

    def _found(self, shards: Collection[int], act: Callable[[int, Sequence[int]], T]) -> list[T]:
        """``act(cluster, shards there)`` for every cluster; what has moved meanwhile is looked for again."""
        answers: list[T] = []
        waiting, until = set(shards), time.monotonic() + _PATIENCE_S
        while True:
            last = None
            for cluster, there in self._grouped(waiting).items():
                try:
                    answers.append(act(cluster, there))
                    waiting.difference_update(there)
                except _MOVED as moved:
                    last = moved
            if last is None:
                return answers
            if time.monotonic() > until:
                raise Unavailable(
                    f"No cluster serves the shards {sorted(waiting)[:5]}: {last}.",
                    fix="Run loupe stack migrate, or finish a move that was cut short: "
                    "loupe stack move-shard.",
                ) from last
            time.sleep(_PAUSE_S)
            self._read_map()

    def _read_map(self) -> None:
        with self.clusters.connection(0) as connection:
            rows: list[Any] = connection.execute("SELECT shard, cluster FROM shard_map").fetchall()
        self._map = dict(rows)


def read_layout(connection: Connection) -> int:
    """How many shards there are. Raises ``Unavailable`` on a cluster without migrations."""
    try:
        row: Any = connection.execute("SELECT shards FROM cluster").fetchone()
    except errors.UndefinedTable as error:
        raise Unavailable(
            "Postgres holds none of Loupe's tables.", fix="Run loupe stack migrate first."
        ) from error
    return int(row[0])


def _in(sql: str, shard: int) -> str:
    return sql.replace("{s}", schema_of(shard))
