"""What the people one follows, and their circles, engaged with, as of one moment."""

import numpy as np
import scipy.sparse as sp

from pipelines.discovery.history import Ints
from pipelines.discovery.past import Floats, Past

RESTART, STEPS = 0.3, 5


def friend_scores(past: Past, people: Ints) -> dict[str, Floats]:
    """Friends' engagement with each post: name → (n, q) for ``people`` (n,), places in the past.

    ``friends_newest`` is 1 / (1 + days since the newest friend's engagement), 0 where no friend engaged.
    """
    mine = past.follows[people]
    quiet = sp.diags(1 / np.sqrt(np.maximum(past.activity, 1))).astype(np.float32)
    circle = _overlap(past, people)
    beyond = circle - circle * (mine.toarray() > 0)
    beyond[np.arange(len(people)), people] = 0
    walk = _walk(past, people)
    lately = past.faded(90)
    return {
        "friends": (mine @ past.engaged).toarray(),
        "friends_lately": (mine @ lately).toarray(),
        "friends_choosy": (mine @ (quiet @ past.engaged)).toarray(),
        "friends_newest": _newest(past, people),
        "friends_of_friends": np.asarray(beyond @ past.engaged),
        "friend_walk": np.asarray(walk @ past.engaged),
        "friend_walk_lately": np.asarray(walk @ lately),
        "friend_walk_choosy": np.asarray(walk @ (quiet @ past.engaged)),
    }


def _newest(past: Past, people: Ints) -> Floats:
    fresh = past.weighted(np.float32(1) / (np.float32(1) + past.age))
    made = np.zeros((len(people), len(past.posts)), dtype=np.float32)
    for row, person in enumerate(people):
        friends = past.follows[person].indices
        if len(friends):
            made[row] = fresh[friends].max(axis=0).toarray()[0]
    return made


def _overlap(past: Past, people: Ints) -> Floats:
    """Jaccard overlap of whom two people follow, (n, p)."""
    degree = np.asarray(past.follows.sum(axis=1)).ravel()
    common = (past.follows[people] @ past.follows.T).toarray()
    return np.asarray(common / np.maximum(degree[people][:, None] + degree[None] - common, 1), np.float32)


def _walk(past: Past, people: Ints) -> Floats:
    """Where a walk over follows that returns home with ``RESTART`` is, (n, p), home itself left out.

    Personalised PageRank (Page et al. 1999), ``STEPS`` steps.
    """
    degree = np.maximum(np.asarray(past.follows.sum(axis=1)).ravel(), 1)
    step = sp.csr_matrix(sp.diags(1 / degree).astype(np.float32) @ past.follows)
    home = np.zeros((len(people), len(past.people)), dtype=np.float32)
    home[np.arange(len(people)), people] = 1
    at = home
    for _ in range(STEPS):
        at = np.asarray((1 - RESTART) * (at @ step) + RESTART * home, np.float32)
    at[np.arange(len(people)), people] = 0
    return at
