"""Locks of users: the writes of one owner follow each other, over all processes.

Session-level advisory locks on the owner's cluster: a process that dies lets go of them. Everyone takes
them in the same order (shard, then owner), so that nobody waits in a circle. Each owner's lock comes with
its shard's, shared, which a move of the shard takes alone, and with its crowd's, shared: who wants more than
``CROWD`` owners takes the crowds' locks alone instead of each owner's.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import psycopg

from feed_core.adapters.journal.units import Pending
from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.shards import SHARD_LOCK, ShardCursor, Shards, schema_of
from feed_core.model.errors import Contended

CROWD = 64
_CROWD_LOCK = SHARD_LOCK + 1
_ALL = -1
_PENDING = "SELECT unit_id, home_owner FROM {s}.unit_owners WHERE owner_id = ANY(%s) ORDER BY unit_id"


class Lock(NamedTuple):
    """One lock, in the order in which they are taken. ``owner`` -1 stands for the shard's whole crowd."""

    shard: int
    owner: int
    alone: bool


class OwnerLocks:
    """Takes locks for this thread; they are let go when its session ends."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self._local = threading.local()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Locks taken inside are held until the outermost block ends."""
        if self._shards.clusters.in_session:
            yield
            return
        self._local.held, self._local.heard = {}, set()
        with self._shards.clusters.session():
            yield

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        """Lock ``owners`` alone and ``beside`` shared; answers what is pending for ``owners``.

        Raises ``Unavailable`` when someone holds one for too long, and ``Contended`` when one that is in
        use comes before those that are held: the caller begins again and takes them together.
        """
        held: dict[tuple[int, int], bool] = self._local.held
        pending: list[Pending] = []
        missing = self._missing(owners, beside, held)
        for shard, locks in missing.items():
            mine = [id_ for id_ in owners if self._shards.of_user(id_) == shard]
            waiting = not held or (shard, locks[0].owner) > max(held)
            take = partial(self._take_at, locks=locks, owners=mine, waiting=waiting)
            found = self._shards.follow(shard, take)
            if found is None:
                raise Contended(owners, beside)
            held.update({(lock.shard, lock.owner): lock.alone for lock in locks})
            pending += found
        return pending + self._unheard(owners, missing)

    def _unheard(self, owners: Collection[int], asked: Collection[int]) -> list[Pending]:
        """What is pending for those who needed no lock, so that their shards were not ``asked``: the lock of
        their crowd is held, and they join only now or were beside before. Once in a session for each."""
        heard: set[int] = self._local.heard
        late = [id_ for id_ in set(owners) - heard if self._shards.of_user(id_) not in asked]
        ids = by_shard(late, self._shards.of_user)
        rows = self._shards.read_each(_PENDING, {shard: (there,) for shard, there in ids.items()})
        heard.update(owners)
        return [Pending(*row) for row in rows]

    def _missing(
        self, owners: Collection[int], beside: Collection[int], held: dict[tuple[int, int], bool]
    ) -> dict[int, list[Lock]]:
        """By shard, what is wanted and not held yet."""
        of_user, crowds = self._shards.of_user, len(owners) + len(beside) > CROWD
        wanted = {Lock(of_user(id_), id_, True) for id_ in owners}
        wanted |= {Lock(of_user(id_), id_, False) for id_ in set(beside) - set(owners)}
        if crowds:
            wanted = {Lock(lock.shard, _ALL, True) for lock in wanted}
        missing: dict[int, list[Lock]] = {}
        for lock in sorted(wanted):
            mine = held.get((lock.shard, lock.owner))
            if not held.get((lock.shard, _ALL)) and (mine is None or (lock.alone and not mine)):
                missing.setdefault(lock.shard, []).append(lock)
        return missing

    def _take_at(
        self, cluster: int, locks: Sequence[Lock], owners: Sequence[int], waiting: bool
    ) -> list[Pending] | None:
        """None when not waiting and one is in use."""
        find = _PENDING.replace("{s}", schema_of(locks[0].shard))
        with self._shards.clusters.connection(cluster) as connection:
            try:
                with connection.pipeline():
                    taken = connection.execute(*_call("lock" if waiting else "try", locks))
                    found = connection.execute(find, (list(owners),))
                row: Any = taken.fetchone()
                rows: list[Any] = found.fetchall()
            except psycopg.errors.UndefinedTable:
                connection.execute(*_call("unlock", locks))
                raise
            return None if False in row else [Pending(*each) for each in rows]


def try_alone(cursor: ShardCursor, owner: int) -> bool:
    """Whether nobody acts for ``owner``, on whose shard the cursor stands; then nobody does until its
    transaction ends."""
    row: Any = cursor.execute(
        "SELECT pg_try_advisory_xact_lock_shared(%s, %s), pg_try_advisory_xact_lock(%s)",
        (_CROWD_LOCK, cursor.shard, owner),
    ).fetchone()
    return all(row)


_FUNCTIONS = {"lock": "pg_advisory_lock", "try": "pg_try_advisory_lock", "unlock": "pg_advisory_unlock"}


def _call(act: str, locks: Sequence[Lock]) -> tuple[str, list[int]]:
    """One SELECT that locks, tries to lock or unlocks the shard, its crowd and the owners, in this order."""
    shard, crowd = locks[0].shard, any(lock.owner == _ALL for lock in locks)
    keys: list[tuple[str, bool, tuple[int, ...]]] = [
        ("%s::int, %s::int", False, (SHARD_LOCK, shard)),
        ("%s::int, %s::int", crowd, (_CROWD_LOCK, shard)),
        *(("%s::bigint", lock.alone, (lock.owner,)) for lock in locks if lock.owner != _ALL),
    ]
    calls = [f"{_FUNCTIONS[act]}{'' if alone else '_shared'}({places})" for places, alone, _ in keys]
    return f"SELECT {', '.join(calls)}", [number for *_, key in keys for number in key]
