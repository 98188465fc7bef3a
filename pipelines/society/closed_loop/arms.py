"""Splits people into arms, alike in how often they come, and serves each arm in its own way."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.society.arrays import Ints
from pipelines.society.randomness import Purpose, stream
from pipelines.society.serving import Serve, Shown
from pipelines.society.society import Society

SAME_CANDIDATES, ANY_POST = "oracle, same candidates", "oracle, any post"
ARMS = ("chronological", "popularity", "ranked", SAME_CANDIDATES, ANY_POST)
SHARES = (8, 4, 4, 2, 2)
"""People of each arm in twenty. Ranking and the oracles take most of the time of a run; people of the
chronological arm cost little, and the share of the gap hangs on theirs as well."""


def assign(society: Society) -> Ints:
    """The arm (a place in ``ARMS``) of each person: every block of twenty alike people has ``SHARES``."""
    rng = stream(society.seed, Purpose.ARMS)
    order = np.argsort(society.people.sessions_per_day, kind="stable")
    block = np.repeat(np.arange(len(ARMS)), SHARES)
    lots = np.concatenate([rng.permutation(block) for _ in range(-(-len(order) // len(block)))])
    assigned = np.empty(len(order), np.int64)
    assigned[order] = lots[: len(order)]
    return assigned


class ServeArms:
    """Hands each reader to the way of serving of the reader's arm."""

    def __init__(self, society: Society, assigned: Ints, serves: Mapping[str, Serve]) -> None:
        self._society, self._assigned = society, assigned
        self._serves = [serves[name] for name in ARMS]

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        ids = np.array(user_ids, np.int64)
        arms = self._assigned[self._society.persons(ids)]
        post_ids = np.zeros((len(ids), limit), np.int64)
        decision_ids = np.zeros(len(ids), np.int64)
        surfaces = [""] * len(ids)
        for arm, serve in enumerate(self._serves):
            rows = np.flatnonzero(arms == arm)
            if len(rows):
                shown = serve(ids[rows].tolist(), limit)
                post_ids[rows], decision_ids[rows] = shown.post_ids, shown.decision_ids
                for row, surface in zip(rows.tolist(), shown.surfaces, strict=True):
                    surfaces[row] = surface
        return Shown(post_ids, decision_ids, surfaces)
