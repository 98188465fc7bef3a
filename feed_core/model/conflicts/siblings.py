"""Vector clocks: a row of fields that two regions edit, where an edit loses only to one that saw it.

A field holds siblings: the edits that nobody has replaced knowingly. An edit replaces what its writer
saw, and no more. Clocks that run apart cannot lose an edit, as they could with last-write-wins.
After Preguiça et al., "Dotted Version Vectors" (2012): the vector says what was seen, the dot
(region, count) names one edit.
"""

from collections.abc import Mapping

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
    """``seen`` is the vector clock: per region how many of its edits this row takes account of."""

    seen: dict[str, int] = {}
    fields: dict[str, Siblings] = {}


def edited(row: Row, region: str, at: int, changes: Mapping[str, bytes]) -> Row:
    """``row`` after one edit in ``region`` that replaces what the fields in ``changes`` held."""
    count = row.seen.get(region, 0) + 1
    dot = {name: (Sibling(region, count, at, value),) for name, value in changes.items()}
    return Row(seen={**row.seen, region: count}, fields={**row.fields, **dot})


def merged(a: Row, b: Row) -> Row:
    """What both rows know: commutative, associative, idempotent; concurrent edits stay side by side."""
    seen = {region: max(a.seen.get(region, 0), b.seen.get(region, 0)) for region in {*a.seen, *b.seen}}
    fields = {}
    for name in {*a.fields, *b.fields}:
        ours, theirs = a.fields.get(name, ()), b.fields.get(name, ())
        kept = {s for s in ours if s in theirs or not _saw(b, s)} | {
            s for s in theirs if s in ours or not _saw(a, s)
        }
        fields[name] = tuple(sorted(kept))
    return Row(seen=seen, fields=fields)


def latest(siblings: Siblings) -> bytes:
    """The one value of a field that can have only one: the latest edit's, by the writers' clocks."""
    return max(siblings, key=lambda s: (s.at, s.region, s.count)).value


def _saw(row: Row, sibling: Sibling) -> bool:
    return sibling.count <= row.seen.get(sibling.region, 0)
