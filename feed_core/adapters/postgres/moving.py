"""Moves a logical shard to another cluster while services run: a copy, then a short fence.

1. Triggers note the keys of rows that change from now on; then every table is copied from one snapshot.
2. The shard's lock is taken alone: writes wait, reads go on.
3. The rows that were noted are copied again. The source's schema gets another name, so that whoever looks
   there finds nothing and reads the map again, which leads to the target now. The lock is let go of.
It needs no rights but those of the tables' owner. A move that was cut short is finished, or begun again, by
moving the shard once more: until the source's schema has lost its name, the source is what counts.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from feed_core.adapters.postgres.clusters import Connection
from feed_core.adapters.postgres.migrating import migrate_shard
from feed_core.adapters.postgres.shards import SHARD_LOCK, schema_of
from feed_core.model.errors import InvalidInput, Unavailable

FENCE_WAIT_MS = 300
"""How long writes queue behind the fence before it steps back and lets them pass."""
_PATIENCE_S, _PAUSE_S = 120.0, 0.05
_MOVE_LOCK = -0x6D6F7665
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
        clusters[0].execute("SELECT pg_advisory_lock(%s)", (_MOVE_LOCK,))
        source = _source(clusters, shard, target)
        if source != target:
            _move(clusters, shard, source, target)
        for number, cluster in enumerate(clusters):
            if number != target:
                _forget(cluster, shard)


def _move(clusters: Sequence[Connection], shard: int, source: int, target: int) -> None:
    here, there = clusters[source], clusters[target]
    if _serves(here, shard):
        _clear(here, there, shard)
        _copy(here, there, shard)
        with _fence(here, shard):
            _copy_changed(here, there, shard)
            _unname(here, shard)
    elif not _serves(there, shard):
        raise InvalidInput(
            f"Neither cluster {source} nor {target} holds shard {shard}.",
            fix="Move it to where an earlier move was to bring it.",
        )
    _point(clusters[0], shard, target)


@contextmanager
def _connected(urls: Sequence[str]) -> Iterator[list[Connection]]:
    with ExitStack() as open_ones:
        yield [open_ones.enter_context(psycopg.connect(url, autocommit=True)) for url in urls]


def _source(clusters: Sequence[Connection], shard: int, target: int) -> int:
    row: Any = clusters[0].execute("SELECT cluster FROM shard_map WHERE shard = %s", (shard,)).fetchone()
    if row is None or not 0 <= target < len(clusters):
        raise InvalidInput(
            f"There is no shard {shard} or no cluster {target}.",
            fix=f"Clusters are numbered from 0 to {len(clusters) - 1}, in the order of their URLs.",
        )
    return int(row[0])


def _serves(connection: Connection, shard: int) -> bool:
    row: Any = connection.execute("SELECT to_regnamespace(%s)", (schema_of(shard),)).fetchone()
    return row[0] is not None


def _clear(here: Connection, there: Connection, shard: int) -> None:
    """Remove what an earlier attempt left."""
    with here.transaction():
        here.execute("SET LOCAL client_min_messages = warning")
        here.execute(f"DROP FUNCTION IF EXISTS {schema_of(shard)}.note_change() CASCADE")
        here.execute(f"DROP TABLE IF EXISTS {schema_of(shard)}.changed")
    there.execute(f"DROP SCHEMA IF EXISTS {schema_of(shard)} CASCADE")
    there.execute("DELETE FROM migrations WHERE place = %s", (schema_of(shard),))


def _copy(here: Connection, there: Connection, shard: int) -> None:
    """Note changes from now on, then copy everything from one snapshot."""
    schema = schema_of(shard)
    tables = _tables(here, shard)
    here.execute(_NOTE.replace("{s}", schema))
    for table in tables:
        here.execute(_TRIGGER.replace("{s}", schema).replace("{table}", table))
    migrate_shard(there, shard)
    with here.transaction(), there.transaction():
        here.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in tables:
            there.execute(f"TRUNCATE {schema}.{table}")
            _stream(here, there, f"SELECT * FROM {schema}.{table}", f"{schema}.{table}")


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
    schema = schema_of(shard)
    rows: list[Any] = here.execute(f"SELECT DISTINCT tab FROM {schema}.changed").fetchall()
    with there.transaction():
        for (table,) in rows:
            keys: list[Any] = here.execute(_KEYS, (f"{schema}.{table}",)).fetchall()
            columns = ", ".join(name for name, _ in keys)
            noted = (
                f"SELECT DISTINCT {', '.join(f'(key ->> {name!r})::{kind} AS {name}' for name, kind in keys)}"
                f" FROM {schema}.changed WHERE tab = {table!r}"
            )
            there.execute(f"CREATE TEMP TABLE noted AS SELECT {columns} FROM {schema}.{table} LIMIT 0")
            _stream(here, there, noted, "noted")
            there.execute(f"DELETE FROM {schema}.{table} WHERE ({columns}) IN (SELECT {columns} FROM noted)")
            there.execute("DROP TABLE noted")
            now = f"SELECT * FROM {schema}.{table} WHERE ({columns}) IN ({noted})"
            _stream(here, there, now, f"{schema}.{table}")


def _unname(here: Connection, shard: int) -> None:
    here.execute(f"ALTER SCHEMA {schema_of(shard)} RENAME TO {_old(shard)}")


def _forget(cluster: Connection, shard: int) -> None:
    """What a shard left that has moved away."""
    cluster.execute(f"DROP SCHEMA IF EXISTS {_old(shard)} CASCADE")
    if not _serves(cluster, shard):
        cluster.execute("DELETE FROM migrations WHERE place = %s", (schema_of(shard),))


def _point(keeper: Connection, shard: int, target: int) -> None:
    keeper.execute("UPDATE shard_map SET cluster = %s WHERE shard = %s", (target, shard))


def _old(shard: int) -> str:
    return f"moved_{schema_of(shard)}"
