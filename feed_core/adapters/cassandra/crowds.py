"""Partitions that a crowd can fill, such as a celebrity's followers: one for most owners, many for the
few.

Bucket 1 of an owner holds a static ``width``. A new member goes to bucket ``width + hash % width``, so a
width of 1, 16 or 256 has buckets of its own and nothing moves when an owner grows: readers look at all
buckets up to the present width, and a single member lies in one of three places.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cachetools import TTLCache

from feed_core.adapters.cassandra.session import CassandraSession

WIDTHS = (1, 16, 256)
FULL = 20_000
"""Members of a bucket at which its owner grows."""
LOOKED_AT = 512
"""A bucket is counted when one member in so many arrives."""
_BUCKETS_AT_ONCE = 16
_KEYS_AT_ONCE = 64
_FEW = 4
"""Pairs for which three places each are cheaper than one more wait."""
_LATELY_S = 10

Owner = Any
"""What a crowd gathers around: the value of the owner column."""
Pair = tuple[Owner, int]
"""(owner, member)."""


class Crowd:
    """The table ``table`` with the key ((*scope, owner, bucket), …, member).

    ``only`` is a condition for being counted, which the buckets are filtered by.
    """

    def __init__(
        self,
        session: CassandraSession,
        table: str,
        *,
        owner: str,
        member: str,
        scope: tuple[str, ...] = (),
        only: str = "",
    ) -> None:
        self._session = session
        scoped = "".join(f" AND {column} = ?" for column in scope)
        where = f"WHERE {owner} = ? AND bucket = ?{scoped}"
        self._widths = (
            f"SELECT DISTINCT {owner}, width FROM {table} WHERE {owner} IN ? AND bucket = 1{scoped}"
        )
        self._grow = f"UPDATE {table} SET width = ? {where}"
        counted = f"SELECT count({member}) FROM {table} {where}"
        self._size = f"{counted} AND {only} ALLOW FILTERING" if only else counted
        self._width_of = f"{owner}, width, {member}"
        self._members = f"FROM {table} WHERE {owner} IN ? AND bucket IN ?{scoped}"
        self._delete = f"DELETE FROM {table} {where}"
        self._member = member
        self._owner = owner
        self._lately: TTLCache[tuple[Owner, tuple[object, ...]], int] = TTLCache(1_000, _LATELY_S)
        self._lock = threading.Lock()

    def widths(self, owners: Collection[Owner], *scope: object) -> dict[Owner, int]:
        """The width of every owner asked for."""
        return self._known(owners, self._session.rows_in(self._widths, owners, *scope))

    def _known(self, owners: Collection[Owner], rows: Sequence[Any]) -> dict[Owner, int]:
        found = {row[0]: row[1] for row in rows}
        return {owner: found.get(owner) or 1 for owner in owners}

    def room(self, owners: Collection[Owner], *scope: object) -> dict[Owner, int]:
        """Widths to put new members by, up to ten seconds old: a member may lie in a narrower place. For
        owners that are never cleared, whose widths only grow."""
        with self._lock, self._lately.timer:  # whose time stands still: what is there does not end meanwhile
            held = {owner: self._lately[owner, scope] for owner in owners if (owner, scope) in self._lately}
        missing = [owner for owner in owners if owner not in held]
        found = self.widths(missing, *scope) if missing else {}
        with self._lock:
            self._lately.update({(owner, scope): width for owner, width in found.items()})
        return held | found

    def find(
        self, columns: str, pairs: Collection[Pair], *scope: object
    ) -> tuple[dict[Pair, tuple[Any, ...]], dict[Pair, int]]:
        """Of (owner, member) pairs: ``columns`` of those that are there, and the bucket of each, which for
        the others is where a new one goes. For tables that cluster by member."""
        cql = (
            f"SELECT {self._owner}, {self._member}, bucket, {columns} {self._members} AND {self._member} IN ?"
        )
        widths, found = self._looked_up(cql, pairs, *scope)
        held = {(row[0], row[1]): row[2:] for row in found}
        places = {
            pair: held[pair][0] if pair in held else bucket_of(pair[1], widths[pair[0]]) for pair in pairs
        }
        return {pair: row[1:] for pair, row in held.items()}, places

    def _looked_up(
        self, cql: str, pairs: Collection[Pair], *scope: object
    ) -> tuple[dict[Owner, int], list[Any]]:
        """The widths of the owners and the rows of the pairs; few are looked for in every place, without
        waiting for the widths."""
        owners = {owner for owner, _ in pairs}
        few = 0 < len(pairs) <= _FEW
        widths = dict.fromkeys(owners, WIDTHS[-1]) if few else self.widths(owners, *scope)
        asked = (
            (some, _places_in(some, members, widths), *scope, members) for some, members in rectangles(pairs)
        )
        if not few:
            return widths, [row for rows in self._session.rows_many(cql, asked) for row in rows]
        wide, found = self._session.rows_of((self._widths, [(list(owners), *scope)]), (cql, asked))
        return self._known(owners, wide[0]), [row for rows in found for row in rows]

    def places(self, pairs: Collection[Pair], *scope: object) -> dict[Pair, int]:
        """The buckets of those (owner, member) pairs that are there."""
        held, places = self.find(self._member, pairs, *scope)
        return {pair: places[pair] for pair in held}

    def all(self, columns: str, owners: Collection[Owner], *scope: object) -> list[Any]:
        """``columns`` and the member of all members of all owners, in no order."""
        cql, bindings = self.narrow(columns, owners, *scope)
        return self.with_wide(columns, self._session.rows_many(cql, bindings), *scope)

    def narrow(
        self, columns: str, owners: Collection[Owner], *scope: object
    ) -> tuple[str, list[tuple[object, ...]]]:
        """The read of everybody's first bucket, which is all that most have, and what to bind to it."""
        asked: list[tuple[object, ...]] = [
            (chunk, [1], *scope) for chunk in _chunks(list(owners), _KEYS_AT_ONCE)
        ]
        return f"SELECT {columns}, {self._width_of} {self._members}", asked

    def with_wide(self, columns: str, found: Sequence[Sequence[Any]], *scope: object) -> list[Any]:
        """``all``, given what ``narrow`` found: the other buckets of those who have grown are read too."""
        first = [row for rows in found for row in rows]
        widths = {row[-3]: row[-2] for row in first if (row[-2] or 1) > 1}
        asked = (
            ([owner], chunk, *scope)
            for owner, width in widths.items()
            for chunk in _chunks(buckets(width)[1:], _BUCKETS_AT_ONCE)
        )
        cql = f"SELECT {columns}, {self._member} {self._members}"
        rest = self._session.rows_many(cql, asked) if widths else []
        members = [(*row[:-3], row[-1]) for row in first]
        members += [row for rows in rest for row in rows]
        return [row for row in members if row[-1] is not None]

    def sizes(self, owners: Collection[Owner], *scope: object) -> list[tuple[Owner, int, int]]:
        """(owner, bucket, members) of the buckets that hold any."""
        widths = self.widths(owners, *scope)
        places = [(owner, bucket) for owner, width in widths.items() for bucket in buckets(width)]
        return [(*place, size) for place, size in self.sizes_at(places, *scope).items() if size]

    def sizes_at(self, places: Collection[tuple[Owner, int]], *scope: object) -> dict[tuple[Owner, int], int]:
        """How many members each (owner, bucket) holds."""
        found = self._session.rows_many(self._size, ((*place, *scope) for place in places))
        return {place: rows[0][0] for place, rows in zip(places, found, strict=True)}

    def size(self, owner: Owner, bucket: int, *scope: object) -> int:
        """How many members a bucket holds."""
        return int(self._session.rows(self._size, owner, bucket, *scope)[0][0])

    def clear(self, owners: Collection[Owner], *scope: object) -> None:
        """Remove all members of all owners."""
        widths = self.widths(owners, *scope)
        self._session.write_small(
            self._delete, ((owner, bucket, *scope) for owner in owners for bucket in buckets(widths[owner]))
        )

    def grow(self, added: Mapping[tuple[Owner, int], int], *scope: object) -> None:
        """Widen the owners whose bucket is full; ``added`` are the buckets of those that arrived now."""
        arrived = added.items()
        looked_at = {(owner, bucket) for (owner, member), bucket in arrived if mixed(member) % LOOKED_AT == 0}
        for owner, bucket in looked_at:
            wider = next((width for width in WIDTHS if width > bucket), 0)
            if self.widths([owner], *scope)[owner] < wider and self.size(owner, bucket, *scope) >= FULL:
                self._session.write(self._grow, [(wider, owner, 1, *scope)])


def buckets(width: int) -> list[int]:
    """All buckets of an owner that has grown to ``width``."""
    return [width_ + place for width_ in WIDTHS if width_ <= width for place in range(width_)]


def bucket_of(member: int, width: int) -> int:
    """Where a new member goes."""
    return width + mixed(member) % width


def places_of(member: int) -> list[int]:
    """Where a member can lie."""
    return [bucket_of(member, width) for width in WIDTHS]


def rectangles(pairs: Collection[Pair]) -> list[tuple[list[Owner], list[int]]]:
    """The pairs as (owners, members) with one of either, few rectangles: what two ``IN`` ask for at once."""
    members: dict[Owner, list[int]] = {}
    owners: dict[int, list[Owner]] = {}
    for owner, member in pairs:
        members.setdefault(owner, []).append(member)
        owners.setdefault(member, []).append(owner)
    if len(members) <= len(owners):
        return [([one], part) for one, some in members.items() for part in _chunks(some, _KEYS_AT_ONCE)]
    return [(part, [one]) for one, some in owners.items() for part in _chunks(some, _KEYS_AT_ONCE)]


def _places_in(owners: Collection[Owner], members: Collection[int], widths: Mapping[Owner, int]) -> list[int]:
    """The buckets in which the members can lie, given how wide their owners are."""
    widest = max(widths[owner] for owner in owners)
    return sorted({bucket_of(member, w) for member in members for w in WIDTHS if w <= widest})


def mixed(number: int) -> int:
    """The number's bits, spread evenly (the finaliser of SplitMix64)."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return number ^ (number >> 31)


def _chunks(items: Sequence[Any], size: int) -> list[list[Any]]:
    return [list(items[at : at + size]) for at in range(0, len(items), size)]
