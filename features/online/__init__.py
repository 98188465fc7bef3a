"""Online rows: the newest packed row of each entity, read many at a time into one matrix."""

from pathlib import Path

from features.online.cached import CachedOnlineRows, VersionedRows
from features.online.lists import Lists, lists_of_ids, lists_of_tags, tag_hash
from features.online.rows import OnlineRows, PackedRows, Rows, ViewState
from features.online.sqlite import SqliteOnlineRows

__all__ = [
    "CachedOnlineRows", "Lists", "OnlineRows", "PackedRows", "Rows", "SqliteOnlineRows", "ViewState",
    "lists_of_ids", "lists_of_tags", "open_online", "tag_hash",
]  # fmt: skip


def open_online(place: Path | str, *, cached: bool = True) -> OnlineRows:
    """The online rows in a file (``<home>/features/online.sqlite``), made when not there, or behind a Redis
    URL (``feed_core.redis_client``).

    ``cached`` keeps rows that were read in memory. Raises ``Corrupt`` when the file is no database.
    """
    store = _behind(place) if isinstance(place, str) else SqliteOnlineRows(place)
    return CachedOnlineRows(store) if cached else store


def _behind(url: str) -> VersionedRows:
    """Redis' client is only there where the production packages are installed."""
    from features.online.redis import RedisOnlineRows
    from feed_core.redis_client import open_redis

    return RedisOnlineRows(open_redis(url))
