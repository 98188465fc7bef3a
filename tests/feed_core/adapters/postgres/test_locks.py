"""Whoever locks an owner hears once what was left behind for them, in as few trips as there are shards."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from feed_core.adapters.journal.units import Pending
from feed_core.adapters.postgres.locks import CROWD, OwnerLocks

SHARDS = 4
LATE, FAR = 500, 501
CROWDED = range(1, CROWD + 2)


class Shards:
    """Stands in for the shards: every lock is free, and ``left`` is pending by owner."""

    def __init__(self) -> None:
        self.left = {LATE: Pending(9, LATE), FAR: Pending(8, 7)}
        self.trips: list[list[int]] = []
        self.clusters = SimpleNamespace(in_session=False, session=nullcontext)

    def of_user(self, user_id: int) -> int:
        return user_id % SHARDS

    def follow(self, shard: int, take: "partial[list[Pending] | None]") -> list[Pending]:
        assert {lock.shard for lock in take.keywords["locks"]} == {shard}
        return self._found(take.keywords["owners"])

    def read_each(self, _: str, parameters: Mapping[int, Sequence[Any]]) -> list[Any]:
        rows = [row for (owners,) in parameters.values() for row in self._found(owners)]
        return [tuple(row) for row in rows]

    def _found(self, owners: Collection[int]) -> list[Pending]:
        self.trips.append(sorted(owners))
        return [self.left[id_] for id_ in owners if id_ in self.left]


@pytest.fixture
def shards() -> Shards:
    return Shards()


@pytest.fixture
def locks(shards: Shards) -> OwnerLocks:
    return OwnerLocks(shards)  # type: ignore[arg-type]


Take = Callable[[OwnerLocks], object]


@pytest.mark.parametrize(
    "before",
    [
        lambda locks: locks.take(CROWDED),
        lambda locks: locks.take([1], [*CROWDED, LATE, FAR]),
        lambda locks: (locks.take([1, 2]), locks.take(CROWDED, [LATE])),
        lambda locks: locks.take([1], [LATE, FAR]),
        lambda locks: None,
    ],
    ids=["under a crowd", "beside in a crowd", "beside a crowd that grew", "beside", "at first"],
)
def test_whoever_joins_hears_what_was_left_behind(locks: OwnerLocks, shards: Shards, before: Take) -> None:
    with locks.session():
        before(locks)
        shards.trips.clear()
        assert sorted(locks.take([LATE, FAR, 1])) == [Pending(8, 7), Pending(9, LATE)]
        assert sum(LATE in owners for owners in shards.trips) == 1
    with locks.session():
        assert locks.take([LATE]) == [Pending(9, LATE)], "another session hears it anew"


@pytest.mark.parametrize("owners", [[1, 2, LATE], CROWDED], ids=["few", "a crowd"])
def test_there_is_one_trip_a_shard_and_none_for_those_who_are_held(
    locks: OwnerLocks, shards: Shards, owners: Sequence[int]
) -> None:
    with locks.session():
        locks.take(owners, [3])
        assert len(shards.trips) == len({shards.of_user(id_) for id_ in [*owners, 3]})
        for again in (owners, owners[:2], []):
            shards.trips.clear()
            assert locks.take(again) == []
            assert not any(shards.trips)
