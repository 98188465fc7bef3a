"""Sorts things by the shard that they lie on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def by_shard(things: Iterable[T], shard_of: Callable[[T], int]) -> dict[int, list[T]]:
    """Things by shard, in their order."""
    groups: dict[int, list[T]] = {}
    for thing in things:
        groups.setdefault(shard_of(thing), []).append(thing)
    return groups
