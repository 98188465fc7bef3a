"""Everything known before one moment, as sparse matrices; nothing that happened later can get in."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from feed_core.model.clock import DAY
from pipelines.discovery.history import History, Ints

Floats = NDArray[np.float32]
Sparse = sp.csr_matrix


@dataclass(frozen=True)
class Past:
    """``people`` (p,) and ``posts`` (q,) are ids, ascending; a post is known once somebody engaged with it.

    ``user`` and ``post`` (n,) are places in them, ``age`` (n,) days from the first engagement to ``cut``
    (ms). ``follows`` float32 (p, p) has 1 where the row follows the column. ``tagged`` float32 (q, tags)
    has 1 where a post carries a hashtag.
    """

    cut: int
    people: Ints
    posts: Ints
    user: Ints
    post: Ints
    age: Floats
    follows: Sparse
    tagged: Sparse

    @cached_property
    def engaged(self) -> Sparse:
        """float32 (p, q), 1 where a person engaged with a post."""
        return self.weighted(np.ones(len(self.user), dtype=np.float32))

    def faded(self, days: float) -> Sparse:
        """``engaged`` with e^(−age / ``days``) instead of 1."""
        return self.weighted(np.exp(-self.age / np.float32(days)))

    def weighted(self, values: Floats) -> Sparse:
        """float32 (p, q) with ``values`` (n,) at the first engagements."""
        shape = (len(self.people), len(self.posts))
        return sp.csr_matrix((values, (self.user, self.post)), shape=shape, dtype=np.float32)

    @cached_property
    def activity(self) -> Floats:
        """With how many posts each person engaged (p,)."""
        return np.bincount(self.user, minlength=len(self.people)).astype(np.float32)

    @cached_property
    def popularity(self) -> Floats:
        """How many people engaged with each post (q,)."""
        return np.bincount(self.post, minlength=len(self.posts)).astype(np.float32)


def past_of(history: History, cut: int) -> Past:
    """What ``history`` holds of the time before ``cut`` (ms)."""
    known = history.at < cut
    posts, post = np.unique(history.post[known], return_inverse=True)
    return Past(
        cut=cut,
        people=history.people,
        posts=posts,
        user=np.searchsorted(history.people, history.user[known]),
        post=post,
        age=((cut - history.at[known]) / DAY).astype(np.float32),
        follows=_follows(history, cut),
        tagged=_tagged(history, cut, posts),
    )


def unit_rows(matrix: Sparse) -> Sparse:
    """Rows scaled to length 1; empty rows stay empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.where(norms > 0, norms, 1)).astype(np.float32) @ matrix)


def _follows(history: History, cut: int) -> Sparse:
    """The newest of a pair's follows and unfollows before ``cut`` counts."""
    count = len(history.people)
    known = history.follow_at < cut
    ends = [np.searchsorted(history.people, side[known]) for side in (history.follower, history.followee)]
    pair, newest = np.unique((ends[0] * count + ends[1])[::-1], return_index=True)
    pair = pair[history.follows[known][::-1][newest]]
    ones = np.ones(len(pair), dtype=np.float32)
    return sp.csr_matrix((ones, (pair // count, pair % count)), shape=(count, count))


def _tagged(history: History, cut: int, posts: Ints) -> Sparse:
    known = (history.tag_at < cut) & np.isin(history.tag_post, posts)
    _, tag = np.unique(history.tag[known].astype(str), return_inverse=True)
    place = np.searchsorted(posts, history.tag_post[known])
    shape = (len(posts), int(tag.max(initial=-1)) + 1)
    return sp.csr_matrix((np.ones(len(tag), dtype=np.float32), (place, tag)), shape=shape)
