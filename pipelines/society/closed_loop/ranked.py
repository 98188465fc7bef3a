"""The ranked arm: readers get what the For You pipeline serves them, with features as fresh as when live."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from feed_core.model.clock import Clock
from pipelines.society.closed_loop.desk import Ask, Desk
from pipelines.society.serving import Lists, Seen, Shown


class Ranked:
    """A ``Planner`` whose pages the desk makes and logs: decisions, impressions and the feature values that
    it read."""

    def __init__(self, ask: Ask, clock: Clock, seen: Seen) -> None:
        self._ask, self._clock, self._seen = ask, clock, seen

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists:
        """A page each."""
        return self._ask(partial(Desk.pages, now=self._clock.now(), user_ids=user_ids, limit=limit))

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown:
        """Show what was planned last."""
        post_ids = np.zeros((len(user_ids), limit), np.int64)
        for row, (user_id, pairs) in enumerate(zip(user_ids, lists, strict=True)):
            posts = [post_id for post_id, _ in pairs]
            post_ids[row, : len(posts)] = posts
            self._seen.add(user_id, posts)
        decision_ids, surfaces = zip(*self._ask(Desk.shown), strict=True)
        return Shown(post_ids, np.array(decision_ids, np.int64), surfaces)
