"""What each person posted or shared, in Cassandra: ``user_posts`` by person and time, ``post_entries`` by
post.

``post_entries`` is the truth of "once, the first": it is written first and removed last.
"""

from collections.abc import Collection, Mapping, Sequence

from feed_core.adapters.cassandra.crowds import WIDTHS, Crowd, Pair, bucket_of
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.ids import MAX_ID
from feed_core.model.timelines import Entry, Position

_ADD = "INSERT INTO post_entries (post_id, bucket, via_id, delivered_at, author_id) VALUES (?, ?, ?, ?, ?)"
_DROP = "DELETE FROM post_entries WHERE post_id = ? AND bucket = ? AND via_id = ?"
_ADD_TO_USER = "INSERT INTO user_posts (via_id, delivered_at, post_id, author_id) VALUES (?, ?, ?, ?)"
_DROP_FROM_USER = "DELETE FROM user_posts WHERE via_id = ? AND delivered_at = ? AND post_id = ?"
_BELOW = (
    "SELECT delivered_at, post_id, via_id, author_id FROM user_posts"
    " WHERE via_id = ? AND (delivered_at, post_id) < (?, ?) AND (delivered_at) >= (?) LIMIT ?"
)
_SINCE = (
    "SELECT delivered_at, post_id, via_id, author_id FROM user_posts"
    " WHERE via_id = ? AND delivered_at >= ? LIMIT ?"
)
_MOST = (1 << 31) - 1
"""The largest ``LIMIT``."""


class UserPosts:
    """The part of ``ports.posts.Posts`` about entries."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._entries = Crowd(session, "post_entries", owner="post_id", member="via_id")

    def put_entries(self, entries: Sequence[Entry]) -> None:
        pairs = {(each.post_id, each.via_id) for each in entries}
        held, places = self._held(pairs)
        kept = dict(held)
        for each in entries:
            kept.setdefault((each.post_id, each.via_id), each)
        self._put_entries(kept, places)
        self._entries.grow({pair: places[pair] for pair in pairs - held.keys()})

    def put_first_entries(self, entries: Sequence[Entry]) -> None:
        made = {(each.post_id, each.via_id): each for each in entries}
        self._put_entries(made, {pair: bucket_of(pair[1], WIDTHS[0]) for pair in made})

    def _put_entries(self, entries: Mapping[Pair, Entry], places: Mapping[Pair, int]) -> None:
        self._session.write_first(
            (_ADD, [(post, places[post, via], via, *_when(each)) for (post, via), each in entries.items()]),
            (_ADD_TO_USER, [(e.via_id, e.delivered_at, e.post_id, e.author_id) for e in entries.values()]),
        )

    def entries_of(self, post_ids: Collection[int]) -> list[Entry]:
        rows = self._entries.all("delivered_at, post_id, author_id", set(post_ids))
        return [entry_of((at, post, via, author)) for at, post, author, via in rows]

    def withdraw_entries(self, pairs: Collection[tuple[int, int]]) -> None:
        held, places = self._held({(post, via) for via, post in pairs})
        self._session.write_small(
            _DROP_FROM_USER, ((e.via_id, e.delivered_at, e.post_id) for e in held.values())
        )
        self._session.write_small(_DROP, ((post, places[post, via], via) for post, via in held))

    def remove_entries(self, post_ids: Collection[int]) -> None:
        rows = self._entries.all("post_id, delivered_at", set(post_ids))
        self._session.write_small(_DROP_FROM_USER, ((via, at, post) for post, at, via in rows))
        self._entries.clear(set(post_ids))

    def entries_below(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        asked = ((via, *_before(via, before), since, limit) for via, before, limit in requests)
        return [list(map(entry_of, rows)) for rows in self._session.rows_many(_BELOW, asked)]

    def entries_by(self, via_ids: Collection[int], since: int, limit: int) -> dict[int, list[Entry]]:
        asked = list(set(via_ids))
        found = self._session.rows_many(_SINCE, ((via, since, min(limit, _MOST)) for via in asked))
        return {via: list(map(entry_of, rows)) for via, rows in zip(asked, found, strict=True) if rows}

    def entries_at(self, pairs: Collection[tuple[int, int]]) -> list[Entry]:
        held, _ = self._held({(post, via) for via, post in pairs})
        return [held[post, via] for via, post in pairs if (post, via) in held]

    def _held(
        self, pairs: Collection[tuple[int, int]]
    ) -> tuple[dict[tuple[int, int], Entry], dict[tuple[int, int], int]]:
        """The entries of those (post_id, via_id) that are there, and the bucket of all."""
        rows, places = self._entries.find("delivered_at, author_id", pairs)
        held = {(post, via): entry_of((at, post, via, author)) for (post, via), (at, author) in rows.items()}
        return held, places


def entry_of(row: tuple[int, int, int, int]) -> Entry:
    """An entry from (delivered_at, post_id, via_id, author_id)."""
    return Entry(delivered_at=row[0], post_id=row[1], via_id=row[2], author_id=row[3])


def _when(entry: Entry) -> tuple[int, int]:
    return entry.delivered_at, entry.author_id


def _before(via_id: int, before: Position) -> tuple[int, int]:
    """The bound as (delivered_at, post_id): below it is what is below ``before`` among one person's rows."""
    at, post_id, via = before
    if via_id >= via:
        return at, post_id
    if post_id < MAX_ID:
        return at, post_id + 1
    return min(at + 1, MAX_ID), 0 if at < MAX_ID else MAX_ID
