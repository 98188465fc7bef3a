"""The media catalogue in Postgres, on the shard that each id names: its owner's."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.shards import Shards
from feed_core.model.media import Media

_COLUMNS = (
    "media_id, user_id, post_id, media_type, original_url, compressed_url, thumbnail_url, width, height,"
    " file_size, duration, format, created_at"
)
_UPDATE = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_PUT = (
    f"INSERT INTO {{s}}.media ({_COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"
    f" ON CONFLICT (media_id) DO UPDATE SET {_UPDATE}"
)


class PostgresMediaCatalog:
    """Implements ``ports.media.MediaCatalog``."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def put(self, media: Sequence[Media]) -> None:
        there = by_shard(media, lambda each: self._shards.of_id(each.media_id))
        self._shards.write_each(
            there, lambda cursor, shard: cursor.executemany(_PUT, [_row(each) for each in there[shard]])
        )

    def get_many(self, media_ids: Collection[int]) -> dict[int, Media]:
        return {each.media_id: each for each in self._of("media_id", media_ids)}

    def of_posts(self, post_ids: Collection[int]) -> dict[int, list[Media]]:
        found: dict[int, list[Media]] = {}
        for each in self._of("post_id", [id_ for id_ in post_ids if id_]):
            found.setdefault(each.post_id, []).append(each)
        return found

    def of_user(self, user_id: int, after_id: int, limit: int) -> list[Media]:
        of_owner = "WHERE user_id = %s AND media_id > %s ORDER BY media_id LIMIT %s"
        select = f"SELECT {_COLUMNS} FROM {{s}}.media {of_owner}"
        rows = self._shards.read(self._shards.of_user(user_id), select, user_id, after_id, limit)
        return [_media(row) for row in rows]

    def remove(self, media_ids: Collection[int]) -> None:
        ids = by_shard(media_ids, self._shards.of_id)
        delete = "DELETE FROM {s}.media WHERE media_id = ANY(%s)"
        self._shards.write_each(ids, lambda cursor, shard: cursor.execute(delete, (ids[shard],)))

    def _of(self, column: str, ids: Collection[int]) -> list[Media]:
        there = by_shard(ids, self._shards.of_id)
        select = f"SELECT {_COLUMNS} FROM {{s}}.media WHERE {column} = ANY(%s) ORDER BY {column}, media_id"
        rows = self._shards.read_each(select, {shard: (some,) for shard, some in there.items()})
        return [_media(row) for row in rows]


def _row(each: Media) -> tuple[Any, ...]:
    return tuple(getattr(each, name) for name in _FIELDS)


def _media(row: Any) -> Media:
    return Media(**dict(zip(_FIELDS, row, strict=True)))


_FIELDS = tuple("duration_ms" if name == "duration" else name for name in _COLUMNS.split(", "))
