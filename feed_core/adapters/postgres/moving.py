"""Moves a logical shard to another cluster while services run: a copy, then a short fence.

1. Triggers note the keys of rows that change from now on; then every table is copied from one snapshot, into
   a schema of a name that nobody looks for.
2. The shard's lock is taken alone: writes wait, reads go on.
3. The rows that were noted are copied again. The source's schema gets another name, so that whoever looks
   there finds nothing and reads the map again; the copy gets the shard's, the map leads to it, and the lock
   is let go of.
It needs no rights but those of the tables' owner. A move that was cut short is finished, or begun again, by
moving the shard once more: until the source's schema has lost its name, the source is what counts, and then
the copy is. Migrating finishes it as well.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from feed_core.adapters.postgres.clusters import Connection
from feed_core.adapters.postgres.migrating import migrate_shard
from feed_core.adapters.postgres.settling import (
    LAYOUT_LOCK,
    give_name,
    incoming_of,
    moved_of,
    point,
    schemas_of,
    settle,
    take_name,
)
from feed_core.adapters.postgres.shards import SHARD_LOCK, schema_of
from feed_core.model.errors import InvalidInput, Unavailable

FENCE_WAIT_MS = 300
"""How long writes queue behind the fence before it steps back and lets them pass."""
_PATIENCE_S, _PAUSE_S = 120.0, 0.05
_NOTE = """
CREATE TABLE {s}.changed (tab TEXT NOT NULL, key JSONB NOT NULL);
CREATE FUNCTION {s}.note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP <> 'INSERT' THEN INSERT INTO {s}.changed VALUES (TG_TABLE_NAME, to_jsonb(OLD)); END IF;
  IF TG_OP <> 'DELETE' THEN INSERT INTO {s}.changed VALUES (TG_TABLE_NAME, to_jsonb(NEW)); END IF;
  RETURN NULL;
END $$;
"""
_TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON {s}.{table}
FOR EACH ROW EXECUTE FUNCTION {s}.note_change()
"""
_KEYS = """
SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND i.indrelid = %s::regclass ORDER BY a.attnum
"""


def move_shard(urls: Sequence[str], shard: int, target: int) -> None:
    """Move a shard to cluster ``target``, the number of its URL; nothing when it is there.

    Raises ``InvalidInput`` for a shard or cluster that is not there, ``Unavailable`` when the shard's writes
    leave no room for the fence.
    """
    with _connected(urls) as clusters:
        clusters[0].execute("SELECT pg_advisory_lock(%s)", (LAYOUT_LOCK,))
        source = _source(clusters, shard, target)
        _forget(clusters, shard)
        if source != target:
            _move(clusters, shard, source, target)
            _forget(clusters, shard)


def _move(clusters: Sequence[Connection], shard: int, source: int, target: int) -> None:
    here, there = clusters[source], clusters[target]
    _copy(here, there, shard)
    with _fence(here, shard):
        _copy_changed(here, there, shard)
        take_name(here, shard)
        give_name(there, shard)
        point(clusters[0], shard, target)


@contextmanager
def _connected(urls: Sequence[str]) -> Iterator[list[Connection]]:
    with ExitStack() as open_ones:
        yield [open_ones.enter_context(psycopg.connect(url, autocommit=True)) for url in urls]


def _source(clusters: Sequence[Connection], shard: int, target: int) -> int:
    known = clusters[0].execute("SELECT FROM shard_map WHERE shard = %s", (shard,)).fetchone()
    if known is None or not 0 <= target < len(clusters):
        raise InvalidInput(
            f"There is no shard {shard} or no cluster {target}.",
            fix=f"Clusters are numbered from 0 to {len(clusters) - 1}, in the order of their URLs.",
        )
    source = settle(clusters, shard, schemas_of(clusters))
    if source is None:
        raise InvalidInput(f"No cluster holds shard {shard}.", fix="Run loupe stack migrate first.")
    return source


def _forget(clusters: Sequence[Connection], shard: int) -> None:
    """Remove what moves left beside the shard, which is settled on one of the clusters."""
    schema = schema_of(shard)
    for cluster in clusters:
        with cluster.transaction():
            cluster.execute("SET LOCAL client_min_messages = warning")
            cluster.execute(f"DROP SCHEMA IF EXISTS {incoming_of(shard)}, {moved_of(shard)} CASCADE")
            cluster.execute(f"DROP FUNCTION IF EXISTS {schema}.note_change() CASCADE")
            cluster.execute(f"DROP TABLE IF EXISTS {schema}.changed")
            cluster.execute(
                "DELETE FROM migrations WHERE place = %s AND to_regnamespace(%s) IS NULL", (schema, schema)
            )


def _copy(here: Connection, there: Connection, shard: int) -> None:
    """Note changes from now on, then copy everything from one snapshot. The copy's tables are made under the
    name that their functions say, which others see only once it is another."""
    schema, copy = schema_of(shard), incoming_of(shard)
    tables = _tables(here, shard)
    here.execute(_NOTE.replace("{s}", schema))
    for table in tables:
        here.execute(_TRIGGER.replace("{s}", schema).replace("{table}", table))
    with here.transaction(), there.transaction():
        here.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrate_shard(there, shard)
        there.execute(f"ALTER SCHEMA {schema} RENAME TO {copy}")
        for table in tables:
            there.execute(f"TRUNCATE {copy}.{table}")
            _stream(here, there, f"SELECT * FROM {schema}.{table}", f"{copy}.{table}")


def _tables(connection: Connection, shard: int) -> list[str]:
    rows: list[Any] = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'changed' ORDER BY 1",
        (schema_of(shard),),
    ).fetchall()
    return [table for (table,) in rows]


def _stream(here: Connection, there: Connection, query: str, table: str) -> None:
    with (
        here.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as rows,
        there.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as into,
    ):
        for chunk in rows:
            into.write(chunk)


@contextmanager
def _fence(connection: Connection, shard: int) -> Iterator[None]:
    """The shard's lock, alone. It steps back in between, so that writes that need each other get through."""
    until = time.monotonic() + _PATIENCE_S
    connection.execute(f"SET lock_timeout = {FENCE_WAIT_MS}")
    while True:
        try:
            connection.execute("SELECT pg_advisory_lock(%s, %s)", (SHARD_LOCK, shard))
            break
        except psycopg.errors.LockNotAvailable as error:
            if time.monotonic() > until:
                raise Unavailable(
                    f"Writes to shard {shard} leave no room to move it.",
                    fix="Try again when there are fewer.",
                ) from error
            time.sleep(_PAUSE_S)
    connection.execute("SET lock_timeout = 0")
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", (SHARD_LOCK, shard))


def _copy_changed(here: Connection, there: Connection, shard: int) -> None:
    """Every row that was noted becomes on the target what it is now: another one, or none."""
    schema, copy = schema_of(shard), incoming_of(shard)
    rows: list[Any] = here.execute(f"SELECT DISTINCT tab FROM {schema}.changed").fetchall()
    with there.transaction():
        for (table,) in rows:
            keys: list[Any] = here.execute(_KEYS, (f"{schema}.{table}",)).fetchall()
            columns = ", ".join(name for name, _ in keys)
            noted = (
                f"SELECT DISTINCT {', '.join(f'(key ->> {name!r})::{kind} AS {name}' for name, kind in keys)}"
                f" FROM {schema}.changed WHERE tab = {table!r}"
            )
            there.execute(f"CREATE TEMP TABLE noted AS SELECT {columns} FROM {copy}.{table} LIMIT 0")
            _stream(here, there, noted, "noted")
            there.execute(f"DELETE FROM {copy}.{table} WHERE ({columns}) IN (SELECT {columns} FROM noted)")
            there.execute("DROP TABLE noted")
            now = f"SELECT * FROM {schema}.{table} WHERE ({columns}) IN ({noted})"
            _stream(here, there, now, f"{copy}.{table}")
