"""Online rows: the newest packed row of each entity, read many at a time into one matrix."""

from features.online.lists import Lists, lists_of_ids, lists_of_tags, tag_hash
from features.online.rows import OnlineRows, Rows, ViewState
from features.online.sqlite import SqliteOnlineRows

__all__ = [
    "Lists", "OnlineRows", "Rows", "SqliteOnlineRows", "ViewState",
    "lists_of_ids", "lists_of_tags", "tag_hash",
]  # fmt: skip
