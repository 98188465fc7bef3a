"""Timeline entries and pages. An entry is a post delivered to a reader, through whom, and when."""

from typing import Literal

import msgspec

TimelineMode = Literal["push", "pull", "hybrid"]

Position = tuple[int, int, int]
"""Where a reader stands in a timeline: (delivered_at, post_id, via_id) of the last entry read."""
NEWEST: Position = ((1 << 63) - 1,) * 3


class Entry(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One line of a timeline. ``via_id`` is the followed person who posted or shared it.

    ``delivered_at`` is the time of the post, or of the share when it came through one.
    """

    delivered_at: int
    post_id: int
    via_id: int
    author_id: int


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the ``limit`` entries after ``cursor`` ("" starts at the newest)."""

    user_id: int
    limit: int = 20
    cursor: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first; ``next_cursor`` is "" on the last page."""

    entries: tuple[Entry, ...]
    next_cursor: str = ""
