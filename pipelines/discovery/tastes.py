"""Hashtags in common between a person, or the people they follow, and a post, as of one moment."""

import numpy as np
import scipy.sparse as sp

from pipelines.discovery.history import Ints
from pipelines.discovery.past import Floats, Past, Sparse, unit_rows


def tag_scores(past: Past, people: Ints) -> dict[str, Floats]:
    """Cosines of tag profiles with posts: name → (n, q). A tag on many posts weighs less (tf-idf)."""
    if not past.tagged.shape[1]:
        empty = np.zeros((len(people), len(past.posts)), dtype=np.float32)
        return dict.fromkeys(("tags", "tags_lately", "friends_tags"), empty)
    rare = np.log1p(len(past.posts) / (1 + np.asarray(past.tagged.sum(axis=0)).ravel())).astype(np.float32)
    posts = _profile(past.tagged, rare).T
    ever = sp.csr_matrix(past.engaged @ past.tagged)
    lately = sp.csr_matrix(past.faded(90)[people] @ past.tagged)
    friends = sp.csr_matrix(past.follows[people] @ _profile(ever, rare))
    return {
        "tags": (_profile(sp.csr_matrix(ever[people]), rare) @ posts).toarray(),
        "tags_lately": (_profile(lately, rare) @ posts).toarray(),
        "friends_tags": (unit_rows(friends) @ posts).toarray(),
    }


def _profile(counts: Sparse, rare: Floats) -> Sparse:
    return unit_rows(sp.csr_matrix(counts.sqrt().multiply(rare[None])))
