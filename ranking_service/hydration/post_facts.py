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
        if missing := [id_ for id_ in post_ids if id_ not in self._facts]:
            self._read(missing)
        return [self._facts.get(id_, _UNKNOWN) for id_ in post_ids]

    def _read(self, post_ids: Sequence[int]) -> None:
        found = self._posts.get_many(set(post_ids))
        with self._lock:
            if len(self._facts) + len(found) > _KEPT:
                kept = list(self._facts.items())[_KEPT // 2 :]
                self._facts = dict(kept)
            self._facts.update((id_, (post.author_id, post.created_at)) for id_, post in found.items())
