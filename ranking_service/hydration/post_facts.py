"""Who wrote a post, and when: these never change, so they are read once and kept in this process."""

import threading
from collections.abc import Sequence
from itertools import chain, repeat

import numpy as np

from features.online.keys import among
from feed_core.services.posts import PostService
from ranking_service.pipeline.pool import Ids, Pool

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
        pairs = chain.from_iterable(self._of(post_ids.tolist()))
        facts = np.fromiter(pairs, np.int64, 2 * len(post_ids)).reshape(len(post_ids), 2)
        authors = np.ascontiguousarray(facts[:, 0])
        return Pool(post_ids, authors, facts[:, 1], sources, among(authors, following))

    def _of(self, post_ids: Sequence[int]) -> list[tuple[int, int]]:
        kept = self._facts
        facts = list(map(kept.get, post_ids, repeat(_UNKNOWN)))
        missing = {id_ for id_, known in zip(post_ids, facts, strict=True) if known is _UNKNOWN}
        if not missing:
            return facts
        read = self._read(missing)
        return [
            read.get(id_, _UNKNOWN) if known is _UNKNOWN else known
            for id_, known in zip(post_ids, facts, strict=True)
        ]

    def _read(self, post_ids: set[int]) -> dict[int, tuple[int, int]]:
        posts = self._posts.get_many(post_ids)
        found = {id_: (post.author_id, post.created_at) for id_, post in posts.items()}
        with self._lock:
            if len(self._facts) + len(found) > _KEPT:
                newest = list(self._facts.items())[_KEPT // 2 :]
                self._facts = dict(newest)
            self._facts.update(found)
        return found
