"""Directed edges in SQLite: one tree by source, one by target."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.ports.graph import Around, Ask, Edge, EdgeKind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS edges (
  kind TEXT NOT NULL, source_id INTEGER NOT NULL, target_id INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (kind, source_id, target_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS edges_by_target ON edges (kind, target_id, source_id, at);
"""
_decode_ids = msgspec.json.Decoder(list[int]).decode


class SqliteGraph:
    """Implements ``ports.graph.Graph``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        with self._database.transaction() as connection:
            insert = "INSERT OR IGNORE INTO edges VALUES (?, ?, ?, ?)"
            return [connection.execute(insert, (kind, *edge)).rowcount == 1 for edge in edges]

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        with self._database.transaction() as connection:
            delete = "DELETE FROM edges WHERE kind = ? AND source_id = ? AND target_id = ?"
            return [connection.execute(delete, (kind, *pair)).rowcount == 1 for pair in pairs]

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        if not pairs:
            return set()
        # Blocks and mutes are few: often all of a kind are fewer than the pairs that are asked for.
        first, last = min(pairs)[0], max(pairs)[0]
        few = self._database.rows(
            "SELECT source_id, target_id FROM edges WHERE kind = ? AND source_id BETWEEN ? AND ? LIMIT ?",
            kind,
            first,
            last,
            len(pairs) + 1,
        )
        if len(few) <= len(pairs):
            return set(few).intersection(pairs)
        execute = self._database.connection().execute
        select = "SELECT 1 FROM edges WHERE kind = ? AND source_id = ? AND target_id = ?"
        return {pair for pair in pairs if execute(select, (kind, *pair)).fetchone()}

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        rows = self._database.rows(
            "SELECT source_id, json_group_array(target_id) FROM edges WHERE kind = ?"
            " AND source_id IN (SELECT value FROM json_each(?)) GROUP BY source_id",
            kind,
            json_keys(source_ids),
        )
        return {source_id: sorted(_decode_ids(ids)) for source_id, ids in rows}

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        rows = self._database.rows(
            "SELECT target_id, json_group_array(source_id) FROM edges INDEXED BY edges_by_target"
            " WHERE kind = ? AND target_id IN (SELECT value FROM json_each(?)) GROUP BY target_id",
            kind,
            json_keys(target_ids),
        )
        return {target_id: sorted(_decode_ids(ids)) for target_id, ids in rows}

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        return Around(
            {kind: self.target_ids(kind, user_ids) for kind in out},
            {kind: self.source_ids(kind, user_ids) for kind in back},
        )

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        rows = self._database.rows(
            "SELECT source_id, target_id, at FROM edges WHERE kind = ?"
            " AND source_id IN (SELECT value FROM json_each(?)) ORDER BY source_id, target_id",
            kind,
            json_keys(source_ids),
        )
        return _grouped(rows, 0)

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        rows = self._database.rows(
            "SELECT source_id, target_id, at FROM edges INDEXED BY edges_by_target WHERE kind = ?"
            " AND target_id IN (SELECT value FROM json_each(?)) ORDER BY target_id, source_id",
            kind,
            json_keys(target_ids),
        )
        return _grouped(rows, 1)

    def targets_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        select = (
            "SELECT source_id, target_id, at FROM edges WHERE kind = ? AND source_id = ? AND target_id > ?"
            " ORDER BY target_id LIMIT ?"
        )
        return [[Edge._make(row) for row in self._database.rows(select, kind, *ask)] for ask in asks]

    def sources_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        select = (
            "SELECT source_id, target_id, at FROM edges INDEXED BY edges_by_target"
            " WHERE kind = ? AND target_id = ? AND source_id > ? ORDER BY source_id LIMIT ?"
        )
        return [[Edge._make(row) for row in self._database.rows(select, kind, *ask)] for ask in asks]


def _grouped(rows: list[Any], column: int) -> dict[int, list[Edge]]:
    groups: dict[int, list[Edge]] = {}
    for edge in map(Edge._make, rows):
        groups.setdefault(edge[column], []).append(edge)
    return groups
