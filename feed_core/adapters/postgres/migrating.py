"""Brings the clusters' schemas to the newest version: safe to repeat and to run in several processes."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from feed_core.adapters.postgres.clusters import Clusters, Connection
from feed_core.adapters.postgres.settling import LAYOUT_LOCK, schemas_of, settle
from feed_core.adapters.postgres.shards import schema_of
from feed_core.model.errors import Corrupt, InvalidInput
from feed_core.model.ids import DEFAULT_SHARDS

FOLDER = Path(__file__).parents[2] / "migrations" / "postgres"
_LOCK = -0x4C6F757065
_RECORDS = """
CREATE TABLE IF NOT EXISTS migrations (
  place TEXT NOT NULL, version INTEGER NOT NULL, checksum TEXT NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (place, version))
"""


class Migration(NamedTuple):
    """One file ``NNNN_name.sql``; ``{schema}`` and ``{shard}`` stand for the shard that it runs in."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """What tells whether the file was changed after it ran."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrate(urls: Sequence[str], shards: int = DEFAULT_SHARDS) -> int:
    """Make or update the tables of all clusters; answers how many migrations ran.

    It waits for a shard that is being moved, and finishes moves that were cut short after the copy was whole.
    ``shards`` counts at the first run alone: later ones keep the number that is there, and may bring
    further clusters, which are empty until shards move there. Raises ``Corrupt`` when a file that ran was
    changed since or it cannot be told where a shard is, ``InvalidInput`` when the clusters are not given in
    the order in which they were made.
    """
    clusters = Clusters(urls, max_connections=2, lock_wait_ms=0)
    try:
        with clusters.session(), clusters.connection(0) as keeper:
            keeper.execute("SELECT pg_advisory_lock(%s)", (LAYOUT_LOCK,))
            return _migrate(clusters, shards)
    finally:
        clusters.close()


def migrate_shard(connection: Connection, shard: int) -> int:
    """Make or update one shard's schema here; the caller holds the layout lock."""
    schema = schema_of(shard)
    with connection.transaction():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute(f"SET LOCAL search_path TO {schema}, public")
        return _run_missing(connection, schema, read_migrations("shard"), shard)


def read_migrations(kind: str) -> list[Migration]:
    """The migrations of a kind (``cluster`` or ``shard``) in their order."""
    return [
        Migration(int(path.name[:4]), path.stem[5:], path.read_text())
        for path in sorted((FOLDER / kind).glob("*.sql"))
    ]


def _migrate(clusters: Clusters, shards: int) -> int:
    count = _migrate_cluster(clusters, 0, shards)
    for number in range(1, len(clusters)):
        count += _migrate_cluster(clusters, number, _layout(clusters))
    _share_out(clusters)
    _settle(clusters)
    for number, there in _places(clusters).items():
        count += _migrate_shards(clusters, number, there)
    return count


def _migrate_cluster(clusters: Clusters, number: int, shards: int) -> int:
    with clusters.connection(number) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_RECORDS)
        ran = _run_missing(connection, "cluster", read_migrations("cluster"), 0)
        connection.execute(
            "INSERT INTO cluster (number, shards) VALUES (%s, %s) ON CONFLICT DO NOTHING", (number, shards)
        )
        row: Any = connection.execute("SELECT number FROM cluster").fetchone()
        if row[0] != number:
            raise InvalidInput(
                f"The Postgres URL at place {number} leads to cluster {row[0]}.",
                fix="Give the URLs in the order in which the clusters were made, new ones last.",
            )
        return ran


def _run_missing(connection: Connection, place: str, migrations: Sequence[Migration], shard: int) -> int:
    rows: list[Any] = connection.execute(
        "SELECT version, checksum FROM public.migrations WHERE place = %s", (place,)
    ).fetchall()
    done, ran = dict(rows), 0
    for one in migrations:
        if one.version not in done:
            text = one.text.replace("{schema}", schema_of(shard)).replace("{shard}", str(shard))
            _run_script(connection, text)
            connection.execute(
                "INSERT INTO public.migrations (place, version, checksum) VALUES (%s, %s, %s)",
                (place, one.version, one.checksum),
            )
            ran += 1
        elif done[one.version] != one.checksum:
            raise Corrupt(
                f"The migration {one.version:04d}_{one.name} was changed after it ran in {place}.",
                fix="Put the file back as it was, and add a new one.",
            )
    return ran


def _run_script(connection: Connection, text: str) -> None:
    """Several statements at once, which the simple query protocol takes when there are no parameters."""
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(text.encode())


def _layout(clusters: Clusters) -> int:
    with clusters.connection(0) as connection:
        row: Any = connection.execute("SELECT shards FROM cluster").fetchone()
        return int(row[0])


def _share_out(clusters: Clusters) -> None:
    """At the first run, give every cluster the same number of shards."""
    with clusters.connection(0) as connection:
        connection.execute(
            "INSERT INTO shard_map (shard, cluster)"
            " SELECT shard, shard * %s / cluster.shards FROM cluster, generate_series(0, shards - 1) AS shard"
            " WHERE NOT EXISTS (SELECT FROM shard_map) ON CONFLICT DO NOTHING",
            (len(clusters),),
        )


def _settle(clusters: Clusters) -> None:
    """Look for each shard before it is made where the map says: it may be on its way."""
    with ExitStack() as taken:
        connections = [taken.enter_context(clusters.connection(number)) for number in range(len(clusters))]
        schemas = schemas_of(connections)
        for shard in range(_layout(clusters)):
            settle(connections, shard, schemas)


def _places(clusters: Clusters) -> dict[int, list[int]]:
    with clusters.connection(0) as connection:
        rows: list[Any] = connection.execute("SELECT shard, cluster FROM shard_map ORDER BY 1").fetchall()
    places: dict[int, list[int]] = {}
    for shard, cluster in rows:
        places.setdefault(cluster, []).append(shard)
    return places


def _migrate_shards(clusters: Clusters, number: int, shards: Sequence[int]) -> int:
    if number >= len(clusters):
        raise InvalidInput(
            f"Shards lie on Postgres cluster {number}, which has no URL.",
            fix="Give the URL of every cluster.",
        )
    with clusters.connection(number) as connection:
        return sum(migrate_shard(connection, shard) for shard in shards)
