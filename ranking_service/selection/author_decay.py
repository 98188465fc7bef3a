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
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AuthorDecay:
    """Orders pages of the request's size; the best ``longest`` posts are placed, the rest is left out."""

    decay: float = 0.5
    floor: float = 0.25
    longest: int = 200
    name: str = "author_decay"

    def select(self, query: Query, pool: Pool, scores: Floats) -> tuple[Index, Floats]:
        """Best first; equal scores fall to the newer id. Factors are 1 for posts that are left out."""
        newest = np.argsort(-pool.post_ids, kind="stable")
        order, factors = self._pages(pool.author_ids[newest], scores[newest], query.request.limit)
        spread = np.ones(len(pool))
        spread[newest] = factors
        return newest[order], spread

    def _pages(self, authors: Ids, scores: Floats, size: int) -> tuple[Index, Floats]:
        """Order and factors; of equal scores the first comes first.

        What an earlier page took of an author are the best of that author, so the k of what is left
        is the place among all posts of the author less what was taken.
        """
        codes = np.unique(authors, return_inverse=True)[1]
        places = _places_within(codes, scores)
        powers = np.maximum(self.floor, self.decay ** np.arange(len(authors) + 1))
        factors, left, order = np.ones(len(authors)), np.ones(len(authors), np.bool_), []
        taken = np.zeros(len(authors) + 1, np.int64)
        wanted = min(self.longest, len(authors))
        while wanted > 0:
            decays = powers[np.maximum(places - taken[codes], 0)]
            worth = np.where(left, lowered(scores, decays), -np.inf)
            page = np.argsort(-worth, kind="stable")[: min(size, wanted)]
            factors[page], left[page] = decays[page], False
            np.add.at(taken, codes[page], 1)
            order.append(page)
            wanted -= len(page)
        return np.concatenate(order) if order else np.zeros(0, np.intp), factors


def _places_within(codes: NDArray[np.intp], scores: Floats) -> NDArray[np.int64]:
    """The place of each entry by score among those of the same code, from 0, int64 (n,)."""
    order = np.lexsort((-scores, codes))
    starts = np.searchsorted(codes[order], np.arange(len(codes) + 1))
    places = np.empty(len(codes), np.int64)
    places[order] = np.arange(len(codes)) - starts[codes[order]]
    return places
