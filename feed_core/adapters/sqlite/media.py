"""The media catalogue in SQLite."""

from collections.abc import Collection, Sequence

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.media import Media

_SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
  media_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, post_id INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS media_by_post ON media (post_id, media_id) WHERE post_id > 0;
CREATE INDEX IF NOT EXISTS media_by_user ON media (user_id, media_id);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Media).decode


class SqliteMediaCatalog:
    """Implements ``ports.media.MediaCatalog``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, media: Sequence[Media]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)",
                ((m.media_id, m.user_id, m.post_id, _encode(m)) for m in media),
            )

    def get_many(self, media_ids: Collection[int]) -> dict[int, Media]:
        rows = self._database.rows(
            "SELECT media_id, body FROM media WHERE media_id IN (SELECT value FROM json_each(?))",
            json_keys(media_ids),
        )
        return {media_id: _decode(body) for media_id, body in rows}

    def of_posts(self, post_ids: Collection[int]) -> dict[int, list[Media]]:
        rows = self._database.rows(
            "SELECT post_id, body FROM media WHERE post_id > 0"
            " AND post_id IN (SELECT value FROM json_each(?)) ORDER BY post_id, media_id",
            json_keys(post_ids),
        )
        found: dict[int, list[Media]] = {}
        for post_id, body in rows:
            found.setdefault(post_id, []).append(_decode(body))
        return found

    def of_user(self, user_id: int, after_id: int, limit: int) -> list[Media]:
        rows = self._database.rows(
            "SELECT body FROM media WHERE user_id = ? AND media_id > ? ORDER BY media_id LIMIT ?",
            user_id,
            after_id,
            limit,
        )
        return [_decode(body) for (body,) in rows]

    def remove(self, media_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM media WHERE media_id = ?", ((id_,) for id_ in media_ids))
