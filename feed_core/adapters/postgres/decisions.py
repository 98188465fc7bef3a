"""Ids of logged decisions in Postgres, on the shard that each id names."""

from collections.abc import Collection, Sequence

from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards


class PostgresDecisions:
    """Implements ``ports.decisions.Decisions``."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def add(self, decision_ids: Sequence[int]) -> list[bool]:
        ids = by_shard(dict.fromkeys(decision_ids), self._shards.of_id)

        def act(cursor: ShardCursor, shard: int) -> Answer:
            return cursor.execute(
                "INSERT INTO {s}.logged_decisions SELECT unnest(%s::bigint[])"
                " ON CONFLICT DO NOTHING RETURNING decision_id",
                (ids[shard],),
            )

        fresh = {id_ for each in self._shards.write_each(ids, act).values() for (id_,) in each}
        answers = []
        for id_ in decision_ids:
            answers.append(id_ in fresh)
            fresh.discard(id_)
        return answers

    def logged(self, decision_ids: Collection[int]) -> set[int]:
        ids = by_shard(decision_ids, self._shards.of_id)
        select = "SELECT decision_id FROM {s}.logged_decisions WHERE decision_id = ANY(%s)"
        rows = self._shards.read_each(select, {shard: (there,) for shard, there in ids.items()})
        return {id_ for (id_,) in rows}
