"""Other regions' counts in SQLite."""

from collections.abc import Collection, Mapping

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.conflicts.counts import Counted, merged_counts
from feed_core.model.posts import PostCounts

_SCHEMA = """
CREATE TABLE IF NOT EXISTS region_counts (
  post_id INTEGER NOT NULL, region TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (post_id, region)) WITHOUT ROWID;
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(PostCounts).decode


class SqliteRegionCounts:
    """Implements ``ports.region_counts.RegionCounts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def get_many(self, post_ids: Collection[int]) -> dict[int, Counted]:
        rows = self._database.rows(
            "SELECT post_id, region, at, body FROM region_counts"
            " WHERE post_id IN (SELECT value FROM json_each(?))",
            json_keys(post_ids),
        )
        found: dict[int, dict[str, tuple[int, PostCounts]]] = {}
        for post_id, region, at, body in rows:
            found.setdefault(post_id, {})[region] = (at, _decode(body))
        return dict(found)

    def put(self, counts: Mapping[int, Counted]) -> None:
        with self._database.transaction() as connection:
            there = self.get_many(counts)
            connection.executemany(
                "INSERT OR REPLACE INTO region_counts VALUES (?, ?, ?, ?)",
                (
                    (id_, region, at, _encode(each))
                    for id_, told in counts.items()
                    for region, (at, each) in merged_counts(there.get(id_, {}), told).items()
                ),
            )

    def remove(self, post_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM region_counts WHERE post_id = ?", ((post_id,) for post_id in post_ids)
            )
