"""The oracle with the candidates of the ranking: what a perfect model could do with them."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from feed_core.core import FeedCore
from pipelines.society.arrays import Ints
from pipelines.society.closed_loop.choosing import choose, pairs_of
from pipelines.society.closed_loop.desk import Ask, Desk
from pipelines.society.serving import Lists, Seen, Shown, log_lists
from pipelines.society.society import Society


class SameCandidatesOracle:
    """A ``Planner`` that orders the very candidates that For You would gather, knowing the true tastes, ties
    and fatigue."""

    def __init__(self, ask: Ask, core: FeedCore, society: Society, seen: Seen) -> None:
        self._ask, self._core, self._society, self._seen = ask, core, society, seen

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists:
        """What each reader is to be shown; reads only."""
        society, now = self._society, self._core.clock.now()
        offered = self._ask(partial(Desk.candidates, now=now, user_ids=user_ids))
        pools = [self._unseen(user_id, posts) for user_id, posts in zip(user_ids, offered, strict=True)]
        width = max(1, *(len(pool) for pool in pools))
        rows, allowed = np.zeros((len(pools), width), np.int64), np.zeros((len(pools), width), np.bool_)
        for at, pool in enumerate(pools):
            rows[at, : len(pool)], allowed[at, : len(pool)] = society.catalogue.rows(pool), True
        persons = society.persons(np.array(user_ids, np.int64))
        return pairs_of(society, choose(society, persons, rows, allowed, now, limit))

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown:
        """Show what was planned."""
        return log_lists(self._core, self._seen, user_ids, lists, limit, "oracle_same_candidates", "oracle")

    def _unseen(self, user_id: int, posts: Ints) -> Ints:
        seen = self._seen.of(user_id)
        return posts[~np.isin(posts, np.fromiter(seen, np.int64, len(seen)))]
