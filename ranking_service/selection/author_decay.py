"""No author fills a page: each further post of the same author on it counts less.

The k-th post of an author on a page is lowered by max(floor, decay^k), k from 0. Taking the best of
what is left, place by place, comes to the same as sorting by the lowered scores, because within an
author both score and factor fall; the sort is what runs, the greedy choice is its test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking_service.pipeline.pool import Ids, Pool
from ranking_service.pipeline.query import Query
from ranking_service.selection.lowering import lowered

Index = NDArray[np.intp]


@dataclass(frozen=True)
class AuthorDecay:
    """Orders pages of the request's size; the best ``longest`` posts are placed, the rest is left out."""

    decay: float = 0.5
    floor: float = 0.25
    longest: int = 200
    name: str = "author_decay"

    def select(
        self, query: Query, pool: Pool, scores: NDArray[np.float64]
    ) -> tuple[Index, NDArray[np.float64]]:
        """Best first; equal scores fall to the newer id. Factors are 1 for posts that are left out."""
        factors = np.ones(len(pool))
        left = np.lexsort((-pool.post_ids, -scores))
        order = [left[:0]]
        placed, wanted = 0, min(self.longest, len(pool))
        while placed < wanted:
            page, decays = self._page(pool, scores, left, min(query.request.limit, wanted - placed))
            factors[page] = decays
            order.append(page)
            placed += len(page)
            left = left[~np.isin(left, page)]
        return np.concatenate(order), factors

    def _page(
        self, pool: Pool, scores: NDArray[np.float64], left: Index, size: int
    ) -> tuple[Index, NDArray[np.float64]]:
        decays = np.maximum(self.floor, self.decay ** _earlier_of_author(pool.author_ids[left]))
        best = np.lexsort((-pool.post_ids[left], -lowered(scores[left], decays)))[:size]
        return left[best], decays[best]


def _earlier_of_author(authors: Ids) -> NDArray[np.int64]:
    """How many entries before each one have the same author, int64 (n,)."""
    order = np.argsort(authors, kind="stable")
    ordered = authors[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(ordered)])
    earlier = np.empty(len(authors), np.int64)
    earlier[order] = np.arange(len(authors)) - np.repeat(starts, lengths)
    return earlier
