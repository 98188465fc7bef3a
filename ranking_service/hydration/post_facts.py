"""Who wrote a post, and when: these never change, so they are read once and kept in this process."""

import threading
from collections.abc import Sequence

import numpy as np

from feed_core.services.posts import PostService
from ranking_service.pipeline.pool import Ids, Pool, among

_KEPT = 200_000
_UNKNOWN = (0, 0)


class PostFacts:
    """Author and creation time of posts; at most 200,000 are kept, the oldest read go first."""

    def __init__(self, posts: PostService) -> None:
        self._posts = posts
        self._facts: dict[int, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def pool(self, post_ids: Ids, sources: Ids, following: Ids) -> Pool:
        """The candidates with their facts; author and time are 0 for posts that do not exist."""
        facts = np.array(self._of(post_ids.tolist()), np.int64).reshape(len(post_ids), 2)
        authors = np.ascontiguousarray(facts[:, 0])
        return Pool(post_ids, authors, facts[:, 1], sources, among(authors, following))

    def _of(self, post_ids: Sequence[int]) -> list[tuple[int, int]]:
        kept = self._facts
        if missing := {id_ for id_ in post_ids if id_ not in kept}:
            kept = self._read(missing) | {id_: kept[id_] for id_ in post_ids if id_ not in missing}
        return [kept.get(id_, _UNKNOWN) for id_ in post_ids]

    def _read(self, post_ids: set[int]) -> dict[int, tuple[int, int]]:
        posts = self._posts.get_many(post_ids)
        found = {id_: (post.author_id, post.created_at) for id_, post in posts.items()}
        with self._lock:
            if len(self._facts) + len(found) > _KEPT:
                newest = list(self._facts.items())[_KEPT // 2 :]
                self._facts = dict(newest)
            self._facts.update(found)
        return found
