"""The oracle arm: knows the true tastes and ties, and picks from everything of the last days."""

from collections.abc import Sequence

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.clock import DAY
from pipelines.society.appeal import expected_value
from pipelines.society.arrays import Floats, Ints
from pipelines.society.serving import Seen, Shown, log_lists
from pipelines.society.society import Society

_AGE = 2 * DAY
_SHORTLIST = 80


class Oracle:
    """Orders all posts of two days that the reader has not seen by their true expected value.

    It applies the same author decay as the ranking (0.5 for each repeat, at least 0.25), because
    repeats tire readers; without it the oracle would not be an upper bound.
    """

    def __init__(self, core: FeedCore, society: Society, seen: Seen) -> None:
        self._core, self._society, self._seen = core, society, seen

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        now = self._core.clock.now()
        rows = self._society.catalogue.since(now - _AGE)
        persons = self._society.persons(np.array(user_ids, np.int64))
        values = expected_value(self._society.encounter_all(persons, rows, now))
        lists = [
            self._chosen(user_id, person, rows, value, limit)
            for user_id, person, value in zip(user_ids, persons.tolist(), values, strict=True)
        ]
        return log_lists(self._core, self._seen, user_ids, lists, limit, "oracle", "oracle")

    def _chosen(
        self, user_id: int, person: int, rows: Ints, values: Floats, limit: int
    ) -> list[tuple[int, int]]:
        catalogue, seen = self._society.catalogue, self._seen.of(user_id)
        ids, authors = catalogue.post_ids[rows], catalogue.authors[rows]
        fresh = ~np.isin(ids, np.fromiter(seen, np.int64, len(seen))) & (authors != person)
        best = np.argsort(-np.where(fresh, values, -np.inf), kind="stable")[
            : min(_SHORTLIST, int(fresh.sum()))
        ]
        picked = spread(values[best], authors[best], limit)
        user_of = self._society.user_ids
        return [(int(ids[best[at]]), int(user_of[authors[best[at]]])) for at in picked]


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
