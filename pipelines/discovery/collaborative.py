"""Who else engaged with it: scores of posts for people, as of one moment, out of co-engagement.

Factors are implicit-feedback ALS (Hu, Koren and Volinsky 2008) by the ``implicit`` library. The social
factors see friends and hashtags as further columns of a person's row, in the way of SoRec (Ma et al. 2008),
so that a person without history has a place near their friends.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from pipelines.discovery.history import Ints
from pipelines.discovery.past import Floats, Past, Sparse, unit_rows

THREADS = 2
ITERATIONS = 8
SHARED = 3
"""On how many posts a hashtag must stand to say that they are alike."""
_WORTH_THREADS = 20_000
"""Entries of a matrix below which starting threads takes longer than the work."""


class Als(NamedTuple):
    """One factor model: its size, and what a friend, a hashtag of a person and of a post weigh."""

    factors: int
    regularisation: float
    alpha: float
    friend: float = 0.0
    person_tag: float = 0.0
    post_tag: float = 0.0


SOCIAL = (Als(32, 10.0, 10.0, 1.0, 0.5, 0.5), Als(64, 50.0, 10.0, 8.0, 1.0), Als(32, 30.0, 10.0, 2.0, 0.5))


class Factors(NamedTuple):
    """``people`` float32 (p, k) and ``posts`` float32 (q, k); their product is what is expected."""

    people: Floats
    posts: Floats

    def scores(self, people: Ints) -> Floats:
        """Of ``people`` (n,), places in the past, for each post: (n, q)."""
        return np.asarray(self.people[people] @ self.posts.T, np.float32)


def social_factors(past: Past, model: Als, *, seed: int = 0) -> Factors:
    """Factors of ``model`` fitted to the past."""
    rows = _rows(past, model)
    with threadpool_limits(1, "blas"):
        fitted = AlternatingLeastSquares(
            factors=model.factors, regularization=model.regularisation, alpha=model.alpha,
            iterations=ITERATIONS, random_state=seed, num_threads=THREADS if rows.nnz > _WORTH_THREADS else 1,
        )  # fmt: skip
        fitted.fit(rows, show_progress=False)
    return Factors(fitted.user_factors[: len(past.people)], fitted.item_factors[: len(past.posts)])


def neighbour_scores(past: Past, people: Ints) -> dict[str, Floats]:
    """Cosine neighbours over people and over posts, and walks of three steps: name → (n, q)."""
    posts = past.engaged
    rare = np.log1p(len(past.people) / (1 + past.popularity)).astype(np.float32)
    rows = unit_rows(sp.csr_matrix(posts.multiply(rare[None])))
    alike = (rows[people] @ rows.T).toarray()
    alike[np.arange(len(people)), people] = 0
    columns = sp.csr_matrix(unit_rows(sp.csr_matrix(posts.T)).T)
    steps = np.maximum(past.activity[people], 1)[:, None]
    co_engaged = ((posts[people] @ columns.T) @ columns).toarray()
    lately = ((past.faded(90)[people] @ columns.T) @ columns).toarray()
    return {
        "people_like_you": _nearest(alike, 50) @ posts,
        "people_like_you_year": alike @ past.faded(365),
        "people_like_you_lately": alike @ past.faded(90),
        "co_engaged": co_engaged / steps,
        "co_engaged_lately": lately,
        "walk_of_three": _walk_of_three(past, people),
    }


def _rows(past: Past, model: Als) -> Sparse:
    """People × (posts | people | tags), and below it tags × posts, as far as the model weighs them."""
    blocks = [past.engaged]
    tagged = past.tagged[:, np.flatnonzero(np.asarray(past.tagged.sum(axis=0)).ravel() >= SHARED)]
    if model.friend:
        blocks.append(past.follows * np.float32(model.friend))
    if model.person_tag:
        blocks.append(sp.csr_matrix(past.engaged @ tagged).log1p() * np.float32(model.person_tag))
    rows = sp.hstack(blocks, format="csr", dtype=np.float32)
    if model.post_tag:
        tags = tagged.T * np.float32(model.post_tag)
        beside = _nothing(tags.shape[0], rows.shape[1] - tags.shape[1])
        rows = sp.vstack([rows, sp.hstack([tags, beside])], format="csr", dtype=np.float32)
    rows.eliminate_zeros()
    return sp.csr_matrix(rows)


def _nearest(alike: Floats, count: int) -> Floats:
    """``alike`` (n, p) with all but the ``count`` largest of each row set to 0."""
    if alike.shape[1] <= count:
        return alike
    least = np.partition(alike, -count, axis=1)[:, -count][:, None]
    return np.where(alike >= least, alike, 0)


def _walk_of_three(past: Past, people: Ints) -> Floats:
    """Symmetrically normalised steps over the graph of follows and engagements, as in LightGCN (He 2020)."""
    posts = len(past.posts)
    below = sp.hstack([past.engaged.T, _nothing(posts, posts)])
    graph = sp.csr_matrix(sp.vstack([sp.hstack([past.follows, past.engaged]), below]))
    degree = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1)
    scale = sp.diags(degree**-0.5).astype(np.float32)
    step = sp.csr_matrix(scale @ graph @ scale)
    reached = step[people].toarray()
    for _ in range(2):
        reached = np.asarray(reached @ step)
    return reached[:, len(past.people) :]


def _nothing(rows: int, columns: int) -> Sparse:
    at = np.zeros(0, dtype=np.int64)
    return sp.csr_matrix((np.zeros(0, dtype=np.float32), (at, at)), shape=(rows, columns))
