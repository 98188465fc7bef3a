"""The log of units in Postgres: a unit lies with its first owner, and a mark with each owner leads to it."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from feed_core.adapters.journal.units import DeadUnit, Operation, Pending, Unit
from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards

_MARK = "INSERT INTO {s}.unit_owners SELECT unnest(%s::bigint[]), %s, %s ON CONFLICT DO NOTHING"
_PUT = "INSERT INTO {s}.units (unit_id, owners, body) VALUES (%s, %s, %s) RETURNING at"
_FAIL = "UPDATE {s}.units SET tries = tries + 1 WHERE unit_id = %s RETURNING tries"
_LAY_ASIDE = (
    "WITH dead AS (DELETE FROM {s}.units WHERE unit_id = %s RETURNING unit_id, owners, at, body)"
    " INSERT INTO {s}.dead_units SELECT *, %s FROM dead"
)
_REVIVE = (
    "WITH back AS (DELETE FROM {s}.dead_units WHERE unit_id = %s RETURNING unit_id, owners, at, body)"
    " INSERT INTO {s}.units (unit_id, owners, at, body) SELECT * FROM back"
)
_NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000000)"
_KEPT_US = 3_600_000_000
"""For how long it is remembered that a unit was applied to a shard: far longer than any repeat takes."""
_FORGET_EVERY_S = 600.0
"""It is a write in every shard, and there is no hurry."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Operation, ...]).decode


class PostgresUnitLog:
    """Implements ``adapters.journal.units.UnitLog``."""

    def __init__(self, shards: Shards, locks: OwnerLocks) -> None:
        self._shards = shards
        self._locks = locks
        self._forgot_at = -_FORGET_EVERY_S

    def session(self) -> AbstractContextManager[None]:
        return self._locks.session()

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        return self._locks.take(owners, beside)

    def commit(self, unit: Unit) -> Unit:
        put = (unit.unit_id, list(unit.owners), _encode(unit.operations))
        row: Any = self._store(unit.unit_id, unit.owners, lambda cursor: cursor.execute(_PUT, put)).fetchone()
        return msgspec.structs.replace(unit, at=int(row[0]))

    def _store(self, unit_id: int, owners: Sequence[int], put: Callable[[ShardCursor], Answer]) -> Answer:
        """Marks on other clusters come first: they lead nowhere until the unit is there."""
        marked = by_shard(owners, self._shards.of_user)
        home = self._shards.of_user(owners[0])
        near = [shard for shard in marked if self._shares_cluster(shard, home)]

        def mark(cursor: ShardCursor, shard: int) -> Answer:
            answer = cursor.execute(_MARK, (marked[shard], unit_id, owners[0]))
            return put(cursor) if shard == home else answer

        self._shards.write_each(marked.keys() - set(near), mark)
        return self._shards.write_each(near, mark)[home]

    def load(self, pending: Pending) -> Unit | None:
        rows = self._shards.read(
            self._shards.of_user(pending.home_owner),
            "SELECT owners, body, at FROM {s}.units WHERE unit_id = %s",
            pending.unit_id,
        )
        return (
            Unit(
                unit_id=pending.unit_id,
                owners=tuple(rows[0][0]),
                operations=_decode(rows[0][1]),
                at=rows[0][2],
            )
            if rows
            else None
        )

    def finish(self, unit: Unit) -> None:
        """First the unit, then marks on other clusters: without a unit they lead nowhere.

        A unit of one cluster may be forgotten lazily: should the cluster crash, whatever it kept of the
        owners' later writes, it kept this as well.
        """
        owners = by_shard(unit.owners, self._shards.of_user)
        home = self._shards.of_user(unit.owners[0])
        near = [shard for shard in owners if self._shares_cluster(shard, home)]
        lazily = len(near) == len(owners)

        def forget(cursor: ShardCursor, shard: int) -> None:
            if lazily:
                cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute("DELETE FROM {s}.unit_owners WHERE unit_id = %s", (unit.unit_id,))
            if shard == home:
                cursor.execute("DELETE FROM {s}.units WHERE unit_id = %s", (unit.unit_id,))

        self._shards.write_each(near, forget)
        self._shards.write_each(owners.keys() - set(near), forget)

    def fail(self, unit: Unit, reason: str, most: int) -> bool:
        def count(cursor: ShardCursor, _: int) -> bool:
            row: Any = cursor.execute(_FAIL, (unit.unit_id,)).fetchone()
            if row is None or row[0] < most:
                return False
            cursor.execute(_LAY_ASIDE, (unit.unit_id, reason))
            return True

        laid_aside = self._shards.write(self._shards.of_user(unit.owners[0]), count)
        if laid_aside:
            self.finish(unit)
        return laid_aside

    def dead(self) -> list[DeadUnit]:
        rows = self._shards.read_each(
            "SELECT unit_id, owners, at, reason FROM {s}.dead_units", dict.fromkeys(self._shards.all(), ())
        )
        found = [DeadUnit(unit_id, tuple(owners), at, reason) for unit_id, owners, at, reason in rows]
        return sorted(found, key=lambda unit: unit.at)

    def revive(self) -> int:
        """They keep their time, so what was written since stays."""
        dead = self.dead()
        for unit in dead:
            with self.session():
                self.take(unit.owners)
                self._put_back(unit.unit_id, unit.owners)
        return len(dead)

    def _put_back(self, unit_id: int, owners: Sequence[int]) -> None:
        self._store(unit_id, owners, lambda cursor: cursor.execute(_REVIVE, (unit_id,)))

    def forget(self, pending: Pending, owners: Collection[int]) -> None:
        ids = by_shard(owners, self._shards.of_user)
        delete = "DELETE FROM {s}.unit_owners WHERE owner_id = ANY(%s) AND unit_id = %s"
        self._shards.write_each(
            ids, lambda cursor, shard: cursor.execute(delete, (ids[shard], pending.unit_id))
        )

    def left(self, age_ms: int) -> list[tuple[int, ...]]:
        everywhere = dict.fromkeys(self._shards.all(), (age_ms * 1_000,))
        rows = self._shards.read_each(
            f"SELECT owners, at FROM {{s}}.units WHERE at <= {_NOW} - %s", everywhere
        )
        if not rows and time.monotonic() - self._forgot_at >= _FORGET_EVERY_S:
            self._forget_applied()
            self._forgot_at = time.monotonic()
        return [tuple(owners) for owners, _ in sorted(rows, key=lambda row: row[1])]

    def _forget_applied(self) -> None:
        """Let go of what tells a repeat, where none can come any more: nothing is left behind anywhere. Of
        what was laid aside one may come, once it is taken up again."""
        dead = [unit.unit_id for unit in self.dead()]
        forget = f"DELETE FROM {{s}}.applied_units WHERE at < {_NOW} - {_KEPT_US} AND unit_id <> ALL(%s)"
        self._shards.write_each(self._shards.all(), lambda cursor, _: cursor.execute(forget, (dead,)))

    def _shares_cluster(self, shard: int, home: int) -> bool:
        return self._shards.cluster_of(shard) == self._shards.cluster_of(home)
