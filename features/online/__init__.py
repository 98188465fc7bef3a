"""Online rows: the newest packed row of each entity, read many at a time into one matrix."""

from pathlib import Path

from features.online.cached import CachedOnlineRows
from features.online.lists import Lists, lists_of_ids, lists_of_tags, tag_hash
from features.online.rows import OnlineRows, PackedRows, Rows, ViewState
from features.online.sqlite import SqliteOnlineRows

__all__ = [
    "CachedOnlineRows", "Lists", "OnlineRows", "PackedRows", "Rows", "SqliteOnlineRows", "ViewState",
    "lists_of_ids", "lists_of_tags", "open_online", "tag_hash",
]  # fmt: skip


def open_online(path: Path, *, cached: bool = True) -> OnlineRows:
    """The online rows in the file ``path`` (``<home>/features/online.sqlite``), made when not there.

    ``cached`` keeps rows that were read in memory. Raises ``Corrupt`` when the file is no database.
    """
    store = SqliteOnlineRows(path)
    return CachedOnlineRows(store) if cached else store
