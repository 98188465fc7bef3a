"""The truth about follows, blocks, mutes and requests in Postgres: each with the person it starts from.

It answers what starts from a person. What leads to one is asked of the adjacency, or, where there is none,
of every shard.
"""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards
from feed_core.ports.graph import Ask, Edge, EdgeKind


class PostgresFollows:
    """Implements ``ports.graph.Graph``."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        insert = "INSERT INTO {s}.follows VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
        return self._each(insert, [(edge.source_id, (kind, *edge)) for edge in edges])

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        delete = "DELETE FROM {s}.follows WHERE (kind, source_id, target_id) = (%s, %s, %s)"
        return self._each(delete, [(pair[0], (kind, *pair)) for pair in pairs])

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return {edge[:2] for edge in self.among(kind, pairs)}

    def among(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> list[Edge]:
        """The edges of those (source_id, target_id) pairs that are there."""
        there = by_shard(pairs, lambda pair: self._shards.of_user(pair[0]))
        rows = self._shards.read_each(
            "SELECT source_id, target_id, created_at FROM {s}.follows WHERE kind = %s"
            " AND (source_id, target_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            {shard: (kind, *map(list, zip(*some, strict=True))) for shard, some in there.items()},
        )
        return [Edge._make(row) for row in rows]

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        return dict(
            self._from(
                "SELECT source_id, array_agg(target_id ORDER BY target_id) FROM {s}.follows"
                " WHERE kind = %s AND source_id = ANY(%s) GROUP BY source_id",
                kind,
                source_ids,
            )
        )

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for edge in self._towards(kind, target_ids):
            found.setdefault(edge.target_id, []).append(edge.source_id)
        return found

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        found: dict[int, list[Edge]] = {}
        for row in self._from(
            "SELECT source_id, target_id, created_at FROM {s}.follows"
            " WHERE kind = %s AND source_id = ANY(%s) ORDER BY source_id, target_id",
            kind,
            source_ids,
        ):
            found.setdefault(row[0], []).append(Edge._make(row))
        return found

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        found: dict[int, list[Edge]] = {}
        for edge in self._towards(kind, target_ids):
            found.setdefault(edge.target_id, []).append(edge)
        return found

    def targets_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        select = (
            "SELECT source_id, target_id, created_at FROM {s}.follows"
            " WHERE kind = %s AND source_id = %s AND target_id > %s ORDER BY target_id LIMIT %s"
        )
        found = (self._shards.read(self._shards.of_user(ask.user_id), select, kind, *ask) for ask in asks)
        return [[Edge._make(row) for row in rows] for rows in found]

    def sources_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        into = self.sources(kind, {ask.user_id for ask in asks})
        return [
            [edge for edge in into.get(ask.user_id, ()) if edge.source_id > ask.after][: ask.limit]
            for ask in asks
        ]

    def _from(self, sql: str, kind: EdgeKind, source_ids: Collection[int]) -> list[Any]:
        ids = by_shard(source_ids, self._shards.of_user)
        return self._shards.read_each(sql, {shard: (kind, there) for shard, there in ids.items()})

    def _towards(self, kind: EdgeKind, target_ids: Collection[int]) -> list[Edge]:
        if not target_ids:
            return []
        rows = self._shards.read_each(
            "SELECT source_id, target_id, created_at FROM {s}.follows"
            " WHERE kind = %s AND target_id = ANY(%s)",
            dict.fromkeys(self._shards.all(), (kind, list(target_ids))),
        )
        return sorted(map(Edge._make, rows))

    def _each(self, sql: str, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> list[bool]:
        """Run the statement per (source, parameters) in order; whether each changed a row."""
        there = by_shard(range(len(rows)), lambda place: self._shards.of_user(rows[place][0]))

        def act(cursor: ShardCursor, shard: int) -> dict[int, Answer]:
            return {place: cursor.execute(sql, rows[place][1]) for place in there[shard]}

        parts = self._shards.write_each(there, act)
        changed = {place: answer.rowcount == 1 for part in parts.values() for place, answer in part.items()}
        return [changed[place] for place in range(len(rows))]
