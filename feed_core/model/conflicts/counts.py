"""Counts of several regions: each counts for itself, and the sum is the count (a PN-counter)."""

from collections.abc import Mapping

Parts = Mapping[str, tuple[int, int]]
"""Per region what was ever added and what was ever taken away; both only grow."""


def counted(parts: Parts, region: str, change: int) -> dict[str, tuple[int, int]]:
    """``parts`` after ``region`` has added ``change`` (negative: taken away)."""
    added, taken = parts.get(region, (0, 0))
    mine = (added + change, taken) if change >= 0 else (added, taken - change)
    return {**parts, region: mine}


def merged_counts(a: Parts, b: Parts) -> dict[str, tuple[int, int]]:
    """What both know: per region the larger of each; commutative, associative, idempotent."""
    none = (0, 0)
    pairs = {region: (a.get(region, none), b.get(region, none)) for region in {*a, *b}}
    return {region: (max(x[0], y[0]), max(x[1], y[1])) for region, (x, y) in pairs.items()}


def total(parts: Parts) -> int:
    """The count of all regions together."""
    return sum(added - taken for added, taken in parts.values())
