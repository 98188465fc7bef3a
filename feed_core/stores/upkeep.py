"""What operators do to the Postgres clusters of the production profile, by their URLs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from feed_core.adapters.journal.units import UnitLog
from feed_core.model.ids import DEFAULT_SHARDS


class DeadWrite(NamedTuple):
    """Whose write it was, when it was sent (ms), and why it could not be done."""

    owners: tuple[int, ...]
    at: int
    reason: str


def migrate_postgres(urls: Sequence[str], shards: int = DEFAULT_SHARDS) -> int:
    """Bring the Postgres clusters' tables to the newest version; answers how many migrations ran."""
    from feed_core.adapters.postgres.migrating import migrate

    return migrate(urls, shards)


def dead_writes(urls: Sequence[str]) -> list[DeadWrite]:
    """Writes that could not be done and were laid aside, the oldest first."""
    with _unit_log(urls) as log:
        return [DeadWrite(unit.owners, unit.at // 1_000, unit.reason) for unit in log.dead()]


def retry_writes(urls: Sequence[str]) -> int:
    """Have the workers do again what was laid aside, after its cause was mended; answers how many writes."""
    with _unit_log(urls) as log:
        return log.revive()


@contextmanager
def _unit_log(urls: Sequence[str]) -> Iterator[UnitLog]:
    from feed_core.adapters.postgres.clusters import Clusters
    from feed_core.adapters.postgres.locks import OwnerLocks
    from feed_core.adapters.postgres.shards import Shards
    from feed_core.adapters.postgres.unit_log import PostgresUnitLog

    clusters = Clusters(urls, max_connections=2)
    try:
        shards = Shards(clusters)
        yield PostgresUnitLog(shards, OwnerLocks(shards))
    finally:
        clusters.close()


def move_postgres_shard(urls: Sequence[str], shard: int, target: int) -> None:
    """Move a logical shard to the cluster of the URL at place ``target``, under running services.

    Raises ``InvalidInput`` and ``Unavailable``; a move that was cut short is finished by repeating it.
    """
    from feed_core.adapters.postgres.moving import move_shard

    move_shard(urls, shard, target)
