"""Ids made in the shards: this process draws blocks of ticks and uses each up while it is young."""

import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards
from feed_core.model.clock import Clock
from feed_core.model.ids import EPOCH_MS, id_of

BLOCK, MOST = 32, 4_096
"""How many ticks are drawn at once, at least; twice as many as before where those were soon used up, half as
many where they were not."""
YOUNG_MS = 100
"""For how long: ids of two processes are in the order of time to within this."""


class _Block(NamedTuple):
    """Ticks [next, end) of a shard, drawn at ``drawn_at`` (ms)."""

    next: int
    end: int
    drawn_at: int
    size: int = BLOCK // 2


class PostgresIds:
    """Implements ``model.ids.Ids``. Raises ``Unavailable`` when a shard's cluster does not answer."""

    def __init__(self, shards: Shards, clock: Clock) -> None:
        self._shards = shards
        self._clock = clock
        self._blocks: dict[int, _Block] = {}
        self._lock = threading.Lock()

    def for_owner(self, owner_id: int) -> int:
        """One id on the shard of user ``owner_id``."""
        return self.for_owners((owner_id,))[0]

    def for_owners(self, owner_ids: Sequence[int]) -> list[int]:
        """One id per owner, in order, each on its owner's shard."""
        shards = [self._shards.of_user(owner) for owner in owner_ids]
        ticks = self._take(Counter(shards), self._clock.now())
        return [id_of(ticks[shard].pop(), shard) for shard in shards]

    def _take(self, wanted: Counter[int], now: int) -> dict[int, list[int]]:
        """By shard that many ticks, the last first."""
        taken, short = {}, {}
        with self._lock:
            for shard, count in wanted.items():
                block = self._blocks.get(shard, _Block(0, 0, 0))
                young = 0 <= now - block.drawn_at < YOUNG_MS
                if young and block.end - block.next >= count:
                    taken[shard] = block.next
                    self._blocks[shard] = block._replace(next=block.next + count)
                else:
                    size = min(2 * block.size, MOST) if young else max(block.size // 2, BLOCK)
                    short[shard] = max(count, size)
        for shard, first in self._draw(short, now).items():
            taken[shard] = first
            with self._lock:
                self._blocks[shard] = _Block(first + wanted[shard], first + short[shard], now, short[shard])
        return {shard: list(range(first, first + wanted[shard]))[::-1] for shard, first in taken.items()}

    def _draw(self, wanted: dict[int, int], now: int) -> dict[int, int]:
        def act(cursor: ShardCursor, shard: int) -> Answer:
            return cursor.execute("SELECT {s}.take_ticks(%s, %s)", (wanted[shard], max(now, EPOCH_MS)))

        drawn: dict[int, Any] = self._shards.write_each(wanted, act)
        return {shard: int(answer.fetchone()[0]) for shard, answer in drawn.items()}
