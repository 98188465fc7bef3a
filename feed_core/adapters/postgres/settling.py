"""Says which cluster has a shard, and finishes a move that was cut short, by the names of schemas alone.

A copy grows as ``incoming_s003``. Once it is whole, the source's ``s003`` becomes ``moved_s003``, then the
copy ``s003``, and then the map says so. So one cluster at most has a shard's own name: whoever has an old map
finds the shard, or nothing and reads the map again. Where none has it, a move was cut between the two.
"""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.postgres.clusters import Connection
from feed_core.adapters.postgres.shards import schema_of
from feed_core.model.errors import Corrupt

LAYOUT_LOCK = -0x6D6F7665
"""On cluster 0, taken alone by whoever makes or moves shards."""


def schemas_of(clusters: Sequence[Connection]) -> list[frozenset[str]]:
    """The names of each cluster's schemas."""
    rows: list[Any] = [cluster.execute("SELECT nspname FROM pg_namespace").fetchall() for cluster in clusters]
    return [frozenset(name for (name,) in names) for names in rows]


def settle(clusters: Sequence[Connection], shard: int, schemas: Sequence[Collection[str]]) -> int | None:
    """The cluster that has the shard, which the map then says too; None when none has anything of it.

    The caller holds the layout lock and says which ``schemas`` each cluster has. Raises ``Corrupt`` when it
    cannot be told what is whole.
    """
    own, moved = _holders(schemas, schema_of(shard)), _holders(schemas, moved_of(shard))
    if len(own) > 1 or set(own) & set(moved):
        raise _doubt(f"Shard {shard} is on Postgres twice", shard)
    if not own:
        ready = _holders(schemas, incoming_of(shard))
        if not ready and not moved:
            return None
        if len(ready) != 1 or not moved:
            raise _doubt(f"No Postgres cluster that has a URL has all of shard {shard}", shard)
        give_name(clusters[ready[0]], shard)
        own = ready
    point(clusters[0], shard, own[0])
    return own[0]


def give_name(there: Connection, shard: int) -> None:
    """Let the copy serve: nobody else has the name."""
    there.execute(f"ALTER SCHEMA {incoming_of(shard)} RENAME TO {schema_of(shard)}")


def take_name(here: Connection, shard: int) -> None:
    """Let the source serve no more."""
    here.execute(f"ALTER SCHEMA {schema_of(shard)} RENAME TO {moved_of(shard)}")


def point(keeper: Connection, shard: int, target: int) -> None:
    """Write into the map, on cluster 0, where the shard is."""
    keeper.execute(
        "UPDATE shard_map SET cluster = %s WHERE shard = %s AND cluster <> %s", (target, shard, target)
    )


def incoming_of(shard: int) -> str:
    """The name of a copy that does not serve yet."""
    return f"incoming_{schema_of(shard)}"


def moved_of(shard: int) -> str:
    """The name of what has moved away."""
    return f"moved_{schema_of(shard)}"


def _holders(schemas: Sequence[Collection[str]], schema: str) -> list[int]:
    return [number for number, names in enumerate(schemas) if schema in names]


def _doubt(what: str, shard: int) -> Corrupt:
    names = f"{schema_of(shard)}, {moved_of(shard)} and {incoming_of(shard)}"
    return Corrupt(
        f"{what}.", fix=f"Give the URL of every cluster, or keep of {names} the whole one, as the first."
    )
