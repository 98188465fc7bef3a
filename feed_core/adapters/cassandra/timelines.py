"""Materialised timelines in Cassandra: ``user_feed``, a partition a reader, rows that expire by
themselves.

Into whose feeds a post went is kept in ``feed_copies``, thousands of readers a row and written first, so
that a post can be withdrawn from all of them.
"""

import hashlib
from array import array
from collections.abc import Collection, Sequence

from feed_core.adapters.cassandra.crowds import mixed
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.user_posts import entry_of
from feed_core.model.timelines import Entry, Position
from feed_core.ports.timelines import Delivery

_COLUMNS = "delivered_at, post_id, via_id, author_id"
_DELIVER = f"INSERT INTO user_feed (reader_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)"
_TAKE = "DELETE FROM user_feed WHERE reader_id = ? AND delivered_at = ? AND post_id = ? AND via_id = ?"
_FORGET = "DELETE FROM user_feed WHERE reader_id = ?"
_READ = (
    f"SELECT {_COLUMNS} FROM user_feed WHERE reader_id = ?"
    " AND (delivered_at, post_id, via_id) < (?, ?, ?) AND (delivered_at) >= (?) LIMIT ?"
)
# Both filter within one reader's partition, which the time-to-live keeps small.
_THROUGH = f"SELECT {_COLUMNS} FROM user_feed WHERE reader_id = ? AND via_id IN ? ALLOW FILTERING"
_OF_POSTS = f"SELECT {_COLUMNS} FROM user_feed WHERE reader_id = ? AND post_id IN ? ALLOW FILTERING"
_COPY = (
    "INSERT INTO feed_copies (post_id, bucket, via_id, delivered_at, chunk, readers)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_COPIES = "SELECT post_id, via_id, delivered_at, readers FROM feed_copies WHERE post_id IN ? AND bucket IN ?"
_DROP_COPIES = "DELETE FROM feed_copies WHERE post_id = ? AND bucket = ?"
_PULLED = "SELECT via_id FROM pulled_authors WHERE era = 0"
_PULL = "INSERT INTO pulled_authors (era, via_id) VALUES (0, ?)"
_PUSH = "DELETE FROM pulled_authors WHERE era = 0 AND via_id = ?"
_BUCKETS = 16
_READERS_AT_ONCE = 2_000
"""Readers of one row of ``feed_copies``: 16 KB."""


class CassandraTimelines:
    """Implements ``ports.timelines.Timelines``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        readers: dict[Entry, list[int]] = {}
        # Rows of one reader side by side are one change of one partition, several times cheaper.
        rows = sorted(dict.fromkeys(deliveries), key=lambda delivery: delivery.reader_id)
        for reader, entry in rows:
            readers.setdefault(entry, []).append(reader)
        self._note_copies(readers)
        self._session.write_small(
            _DELIVER, ((reader, e.delivered_at, e.post_id, e.via_id, e.author_id) for reader, e in rows)
        )

    def read(self, requests: Sequence[tuple[int, Position, int]], since: int) -> list[list[Entry]]:
        asked = ((reader, *before, since, limit) for reader, before, limit in requests)
        return [list(map(entry_of, rows)) for rows in self._session.rows_many(_READ, asked)]

    def of_posts(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Entry]]:
        found: dict[tuple[int, int], list[Entry]] = {}
        for reader, entry in self._filtered(_OF_POSTS, pairs):
            found.setdefault((reader, entry.post_id), []).append(entry)
        return found

    def withdraw(self, pairs: Collection[tuple[int, int]]) -> None:
        self._take(self._filtered(_THROUGH, pairs))

    def withdraw_posts(self, post_ids: Collection[int]) -> None:
        buckets = list(range(_BUCKETS))
        rows = self._session.rows_many(_COPIES, (([post_id], buckets) for post_id in set(post_ids)))
        self._session.write_small(
            _TAKE,
            dict.fromkeys(
                (reader, at, post, via)
                for found in rows
                for post, via, at, packed in found
                for reader in array("q", packed)
            ),
        )
        self._session.write_small(
            _DROP_COPIES, ((id_, bucket) for id_ in set(post_ids) for bucket in buckets)
        )

    def forget(self, reader_ids: Collection[int]) -> None:
        self._session.write_small(_FORGET, ((id_,) for id_ in set(reader_ids)))

    def forget_before(self, at: int) -> None:
        """Nothing: rows go by themselves, forty days after they were written."""

    def pulled(self) -> set[int]:
        return {via_id for (via_id,) in self._session.rows(_PULLED)}

    def set_pulled(self, via_ids: Collection[int], *, pulled: bool) -> None:
        self._session.write_small(_PULL if pulled else _PUSH, ((id_,) for id_ in set(via_ids)))

    def _note_copies(self, readers: dict[Entry, list[int]]) -> None:
        self._session.write(
            _COPY,
            (
                (e.post_id, mixed(e.via_id) % _BUCKETS, e.via_id, e.delivered_at, *_packed(listed[at:end]))
                for e, listed in readers.items()
                for at, end in _chunks(len(listed))
            ),
        )

    def _filtered(self, cql: str, pairs: Collection[tuple[int, int]]) -> list[tuple[int, Entry]]:
        """Each reader's rows that ``cql`` finds for what is paired with the reader."""
        wanted: dict[int, list[int]] = {}
        for reader, other in set(pairs):
            wanted.setdefault(reader, []).append(other)
        found = self._session.rows_many(cql, wanted.items())
        return [(reader, entry_of(row)) for reader, rows in zip(wanted, found, strict=True) for row in rows]

    def _take(self, rows: Sequence[tuple[int, Entry]]) -> None:
        self._session.write_small(
            _TAKE, ((reader, e.delivered_at, e.post_id, e.via_id) for reader, e in rows)
        )


def _chunks(length: int) -> list[tuple[int, int]]:
    return [(at, at + _READERS_AT_ONCE) for at in range(0, length, _READERS_AT_ONCE)]


def _packed(readers: Sequence[int]) -> tuple[int, bytes]:
    """A hash of the readers and the readers, eight bytes each."""
    packed = array("q", readers).tobytes()
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), signed=True), packed
