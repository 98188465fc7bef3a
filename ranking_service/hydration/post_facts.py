"""Who wrote a post, and when: these never change, so they are read once and kept in this process."""

import threading

import numpy as np

from features.online.keys import among
from features.online.numbers import UNKNOWN, Numbers, grown
from feed_core.services.posts import PostService
from ranking_service.pipeline.pool import Ids, Pool

_KEPT = 200_000


class PostFacts:
    """Author and creation time of posts; at most 200,000 are kept, then they are read anew."""

    def __init__(self, posts: PostService) -> None:
        self._posts = posts
        self._numbers = Numbers()
        self._facts = np.zeros((1024, 2), np.int64)
        self._lock = threading.Lock()

    def pool(self, post_ids: Ids, sources: Ids, following: Ids) -> Pool:
        """The candidates with their facts; author and time are 0 for posts that do not exist."""
        with self._lock:
            places = self._numbers.of(post_ids[:, None])
            facts = self._facts[places]
        if not places.all():
            unknown = places == UNKNOWN
            facts[unknown] = self._read(post_ids[unknown])
        authors = np.ascontiguousarray(facts[:, 0])
        return Pool(post_ids, authors, facts[:, 1], sources, among(authors, following))

    def _read(self, post_ids: Ids) -> Ids:
        """Author and time (n, 2) of ``post_ids`` (n,), kept from now on."""
        distinct, inverse = np.unique(post_ids, return_inverse=True)
        posts = self._posts.get_many(distinct.tolist())
        found = [posts.get(id_) for id_ in distinct.tolist()]
        facts = np.array([(post.author_id, post.created_at) if post else (0, 0) for post in found], np.int64)
        self._keep(distinct[facts[:, 0] > 0], facts[facts[:, 0] > 0])
        return facts[inverse]

    def _keep(self, post_ids: Ids, facts: Ids) -> None:
        with self._lock:
            if len(self._numbers) + len(post_ids) > _KEPT:
                self._numbers.clear()
            places = self._numbers.give(post_ids[:, None])
            self._facts = grown(self._facts, self._numbers.end)
            self._facts[places] = facts
