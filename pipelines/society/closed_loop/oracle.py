"""The oracle arm: knows the true tastes and ties, and has the same candidates as the ranking."""

from collections.abc import Sequence

import numpy as np

from pipelines.society.appeal import expected_value
from pipelines.society.arrays import Floats, Ints
from pipelines.society.serving import Seen, Shown, log_lists
from pipelines.society.society import Society
from ranking_service.for_you import ForYou
from ranking_service.records import Request

_SHORTLIST = 80


class Oracle:
    """Orders the very candidates that For You would gather by their true expected value.

    It applies the same author decay as the ranking (0.5 for each repeat, at least 0.25), because
    repeats tire readers; without it the oracle would not be an upper bound.
    """

    def __init__(self, for_you: ForYou, society: Society, seen: Seen) -> None:
        self._for_you, self._society, self._seen = for_you, society, seen

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        now = self._for_you.core.clock.now()
        lists = [self._chosen(user_id, now, limit) for user_id in user_ids]
        return log_lists(self._for_you.core, self._seen, user_ids, lists, limit, "oracle", "oracle")

    def _chosen(self, user_id: int, now: int, limit: int) -> list[tuple[int, int]]:
        society, seen = self._society, self._seen.of(user_id)
        pool = self._for_you.gather(Request(user_id=user_id))
        fresh = ~np.isin(pool.post_ids, np.fromiter(seen, np.int64, len(seen)))
        ids, authors = pool.post_ids[fresh], pool.author_ids[fresh]
        if not len(ids):
            return []
        person = society.persons(np.array([user_id], np.int64))
        values = expected_value(society.encounter_all(person, society.catalogue.rows(ids), now))[0]
        best = np.argsort(-values, kind="stable")[:_SHORTLIST]
        picked = best[spread(values[best], authors[best], limit)]
        return list(zip(ids[picked].tolist(), authors[picked].tolist(), strict=True))


def spread(values: Floats, authors: Ints, limit: int) -> list[int]:
    """Greedy choice of up to ``limit`` indices by value × max(0.5^repeats, 0.25) of the author."""
    factor, taken = np.ones(len(values)), np.zeros(len(values), np.bool_)
    chosen: list[int] = []
    for _ in range(min(limit, len(values))):
        lowered = np.where(values > 0, values * factor, values / factor)
        at = int(np.argmax(np.where(taken, -np.inf, lowered)))
        chosen.append(at)
        taken[at] = True
        same = authors == authors[at]
        factor[same] = np.maximum(factor[same] * 0.5, 0.25)
    return chosen
