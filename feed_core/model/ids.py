"""64-bit ids: 41 bits of milliseconds since 2000-01-01 UTC, 10 of logical shard, 12 of sequence.

The layout follows Instagram's "Sharding & IDs" (2012) with the project's own epoch, so that
imported history keeps its order. An id sorts by time and routes itself to its owner's shard.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from feed_core.model.clock import Clock
from feed_core.model.errors import InvalidInput

EPOCH_MS = 946_684_800_000
SHARD_BITS, SEQUENCE_BITS = 10, 12
DEFAULT_SHARDS = 200
MAX_ID = (1 << 63) - 1
_SEQUENCES = 1 << SEQUENCE_BITS
_TICKS = 1 << 53
"""All that there are of a shard."""


def time_of(id_: int) -> int:
    """Milliseconds since 1970 UTC at which ``id_`` was made."""
    return (id_ >> (SHARD_BITS + SEQUENCE_BITS)) + EPOCH_MS


def shard_of(id_: int) -> int:
    """The logical shard that ``id_`` was made on."""
    return (id_ >> SEQUENCE_BITS) & ((1 << SHARD_BITS) - 1)


def first_id_at(ms: int) -> int:
    """The smallest id that can be made at ``ms``; a bound for range scans by time."""
    return max(0, ms - EPOCH_MS) << (SHARD_BITS + SEQUENCE_BITS)


def id_of(tick: int, shard: int) -> int:
    """The id of a shard's tick, which is milliseconds since 2000 × 4,096 + sequence."""
    return (
        ((tick >> SEQUENCE_BITS) << (SHARD_BITS + SEQUENCE_BITS)) | (shard << SEQUENCE_BITS) | (tick & 0xFFF)
    )


class Ids(Protocol):
    """Makes ids; safe to use from many threads."""

    def for_owner(self, owner_id: int) -> int:
        """One id on the shard of user ``owner_id``."""

    def for_owners(self, owner_ids: Sequence[int]) -> list[int]:
        """One id per owner, in order, each on its owner's shard."""


class IdFactory:
    """Makes ids in this process, the way the Postgres shards make them.

    Thread-safe. Ids of one shard strictly increase, also when the clock steps back or more than
    4,096 are asked for in one millisecond: then the factory runs ahead of the clock. ``reserve``
    gives a stretch of milliseconds since 1970 that no other factory has, [start, end) from a given
    one on; without it, all of time is this factory's.
    """

    def __init__(
        self,
        clock: Clock,
        shards: int = DEFAULT_SHARDS,
        reserve: Callable[[int], tuple[int, int]] | None = None,
    ) -> None:
        if not 1 <= shards <= 1 << SHARD_BITS:
            raise InvalidInput(f"{shards} shards do not fit {SHARD_BITS} bits.", fix="Use 1 to 1024.")
        self._clock = clock
        self._shards = shards
        self._next = [0] * shards
        self._reserve = reserve
        self._start, self._end = (0, 0) if reserve else (0, _TICKS)
        self._lock = threading.Lock()

    def for_owner(self, owner_id: int) -> int:
        """One id on the shard of user ``owner_id``."""
        return self.for_owners((owner_id,))[0]

    def for_owners(self, owner_ids: Sequence[int]) -> list[int]:
        """One id per owner, in order, each on its owner's shard ``owner_id % shards``."""
        now = self._clock.now() - EPOCH_MS
        if not 0 <= now < 1 << 41:
            raise _outside()
        shards, nexts = self._shards, self._next
        made = []
        with self._lock:
            floor = max(now * _SEQUENCES, self._start)
            for owner in owner_ids:
                shard = owner % shards
                tick = nexts[shard] if nexts[shard] > floor else floor
                if tick >= self._end:
                    tick = floor = self._renew(tick)
                nexts[shard] = tick + 1
                made.append(((tick >> SEQUENCE_BITS) << 22) | (shard << 12) | (tick & 0xFFF))
        return made

    def _renew(self, tick: int) -> int:
        """Reserve the next stretch at or after ``tick``; answers its first tick."""
        if self._reserve is None or tick >= _TICKS:
            raise _outside()
        start, end = self._reserve((tick >> SEQUENCE_BITS) + EPOCH_MS)
        self._start, self._end = (min((ms - EPOCH_MS) * _SEQUENCES, _TICKS) for ms in (start, end))
        return max(tick, self._start)


def _outside() -> InvalidInput:
    return InvalidInput("The clock is outside 2000-01-01 to 2069-09-06.", fix="Set the clock.")
