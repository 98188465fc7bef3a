"""The ranked arm: readers get what the For You pipeline serves them, with features as fresh as when live."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from pipelines.society.serving import Seen, Shown
from ranking_service.for_you import ForYou
from ranking_service.records import Request


class Ranked:
    """Serves through ``for_you``, which logs decisions, impressions and the feature values it read;
    ``threads`` make pages side by side."""

    def __init__(self, for_you: ForYou, seen: Seen, threads: Executor | None = None) -> None:
        self._for_you, self._seen, self._threads = for_you, seen, threads
        self.served_by: dict[str, int] = {}

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        self._for_you.freshness.catch_up()
        requests = [Request(user_id=user_id, limit=limit) for user_id in user_ids]
        pages = self._for_you.serve_many(requests, self._threads)
        post_ids = np.zeros((len(pages), limit), np.int64)
        for row, page in enumerate(pages):
            posts = page.shown.pool.post_ids
            post_ids[row, : len(posts)] = posts
            self._seen.add(page.query.user_id, posts.tolist())
            self.served_by[page.shown.served_by] = self.served_by.get(page.shown.served_by, 0) + 1
        decision_ids = np.array([page.decision_id for page in pages], np.int64)
        return Shown(post_ids, decision_ids, [page.query.request.surface for page in pages])
