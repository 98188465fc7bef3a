"""The oracle with the candidates of the ranking: what a perfect model could do with them."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from pipelines.society.arrays import Ints
from pipelines.society.closed_loop.choosing import choose, pairs_of
from pipelines.society.serving import Seen, Shown, log_lists
from pipelines.society.society import Society
from ranking_service.for_you import ForYou
from ranking_service.records import Request


class SameCandidatesOracle:
    """Orders the very candidates that For You would gather, knowing the true tastes, ties and fatigue;
    ``threads`` gather side by side."""

    def __init__(
        self, for_you: ForYou, society: Society, seen: Seen, threads: Executor | None = None
    ) -> None:
        self._for_you, self._society, self._seen = for_you, society, seen
        self._each = threads.map if threads else map

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        society, core = self._society, self._for_you.core
        pools = list(self._each(self._unseen, user_ids))
        width = max(1, *(len(pool) for pool in pools))
        rows, allowed = np.zeros((len(pools), width), np.int64), np.zeros((len(pools), width), np.bool_)
        for at, pool in enumerate(pools):
            rows[at, : len(pool)], allowed[at, : len(pool)] = society.catalogue.rows(pool), True
        persons = society.persons(np.array(user_ids, np.int64))
        lists = pairs_of(society, choose(society, persons, rows, allowed, core.clock.now(), limit))
        return log_lists(core, self._seen, user_ids, lists, limit, "oracle_same_candidates", "oracle")

    def _unseen(self, user_id: int) -> Ints:
        """The post ids that the sources offer and the filters let through."""
        seen = self._seen.of(user_id)
        posts = self._for_you.gather(Request(user_id=user_id)).post_ids
        return posts[~np.isin(posts, np.fromiter(seen, np.int64, len(seen)))]
