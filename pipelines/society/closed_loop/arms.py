"""Splits people into arms, alike in how often they come, and serves each arm in its own way."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import numpy as np

from pipelines.society.arrays import Ints
from pipelines.society.randomness import Purpose, stream
from pipelines.society.serving import Planner, Serve, Shown
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
    """Hands each reader to the way of serving of the reader's arm.

    ``planners`` plan on threads of their own while ``serves`` serve, and show after them.
    """

    def __init__(
        self, society: Society, assigned: Ints, serves: Mapping[str, Serve],
        planners: Mapping[str, Planner] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self._society, self._assigned = society, assigned
        self._serves, self._planners = serves, planners
        self._beside = ThreadPoolExecutor(max(1, len(planners)), thread_name_prefix="loupe-planner")

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        ids = np.array(user_ids, np.int64)
        arms = self._assigned[self._society.persons(ids)]
        readers = {name: rows for arm, name in enumerate(ARMS) if len(rows := np.flatnonzero(arms == arm))}
        plans = {
            name: self._beside.submit(planner.plan, ids[readers[name]].tolist(), limit)
            for name, planner in self._planners.items()
            if name in readers
        }
        served = {
            name: serve(ids[readers[name]].tolist(), limit)
            for name, serve in self._serves.items()
            if name in readers
        }
        for name, plan in plans.items():
            served[name] = self._planners[name].show(ids[readers[name]].tolist(), plan.result(), limit)
        return _together(len(ids), limit, [(readers[name], shown) for name, shown in served.items()])

    def close(self) -> None:
        """Let the threads go."""
        self._beside.shutdown()


def _together(readers: int, limit: int, parts: Sequence[tuple[Ints, Shown]]) -> Shown:
    """The lists of the arms, each with the places of its readers, as one."""
    post_ids, decision_ids = np.zeros((readers, limit), np.int64), np.zeros(readers, np.int64)
    surfaces = [""] * readers
    for rows, shown in parts:
        post_ids[rows], decision_ids[rows] = shown.post_ids, shown.decision_ids
        for row, surface in zip(rows.tolist(), shown.surfaces, strict=True):
            surfaces[row] = surface
    return Shown(post_ids, decision_ids, surfaces)
