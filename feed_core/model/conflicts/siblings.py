"""Vector clocks: a row of fields that two regions edit, where an edit loses only to one that saw it.

A field holds siblings: the edits that nobody has replaced knowingly. An edit replaces what its writer
saw, and no more. Clocks that run apart cannot lose an edit, as they could with last-write-wins.
After Preguiça et al., "Dotted Version Vectors" (2012): the vector says what was seen, the dot
(region, count) names one edit.

Two regions that write under one name, by mistake or before they were named, claim to have seen what they
never saw. So the latest edit of a field always stays, and so do two edits of one dot.
"""

from collections.abc import Iterator, Mapping

import msgspec


class Sibling(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The ``count``-th edit made in ``region``, at ``at`` (ms); ``value`` is msgpack."""

    region: str
    count: int
    at: int
    value: bytes


Siblings = tuple[Sibling, ...]
"""In order of (region, count)."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """``seen`` is the vector clock: per region how many of its edits this row takes account of.

    ``last`` holds a field's latest edit where the vectors say wrongly that it was replaced; it is empty
    while no two regions have one name.
    """

    seen: dict[str, int] = {}
    fields: dict[str, Siblings] = {}
    last: dict[str, Sibling] = {}


def edited(row: Row, region: str, at: int, changes: Mapping[str, bytes]) -> Row:
    """``row`` after one edit in ``region`` that replaces what the fields in ``changes`` held.

    It is later than what it replaces, though the clock be behind.
    """
    count = row.seen.get(region, 0) + 1
    fields = dict(row.fields)
    for name, value in changes.items():
        after = max((s.at + 1 for s in held(row, name)), default=at)
        fields[name] = (Sibling(region, count, max(at, after), value),)
    last = {name: sibling for name, sibling in row.last.items() if name not in changes}
    return Row(seen={**row.seen, region: count}, fields=fields, last=last)


def merged(a: Row, b: Row) -> Row:
    """What both rows know: commutative, associative, idempotent; concurrent edits stay side by side.

    Per dot a row knows nothing, some values or that they were replaced, and the most of both holds; the
    latest edit is a maximum of its own beside that.
    """
    seen = {region: max(a.seen.get(region, 0), b.seen.get(region, 0)) for region in {*a.seen, *b.seen}}
    fields, last = {}, {}
    for name in {*a.fields, *b.fields}:
        fields[name] = tuple(sorted({*_alive(a, b, name), *_alive(b, a, name)}))
        newest = max((*held(a, name), *held(b, name)), key=_moment, default=None)
        if newest is not None and newest not in fields[name]:
            last[name] = newest
    return Row(seen=seen, fields=fields, last=last)


def held(row: Row, name: str) -> Siblings:
    """All that a field holds; nothing only where nobody edited it."""
    siblings = row.fields.get(name, ())
    return (*siblings, row.last[name]) if name in row.last else siblings


def latest(siblings: Siblings) -> bytes:
    """The one value of a field that can have only one: the latest edit's, by the writers' clocks."""
    return max(siblings, key=_moment).value


def _alive(row: Row, other: Row, name: str) -> Iterator[Sibling]:
    """Edits in ``row`` that ``other`` has as well, perhaps with another value, or never saw."""
    dots = {(s.region, s.count) for s in other.fields.get(name, ())}
    for s in row.fields.get(name, ()):
        if (s.region, s.count) in dots or s.count > other.seen.get(s.region, 0):
            yield s


def _moment(sibling: Sibling) -> tuple[int, str, int, bytes]:
    return sibling.at, sibling.region, sibling.count, sibling.value
