"""How a person fits a post: shared hashtags and the product of factors. Serving and backfill share these."""

import numpy as np
from numpy.typing import NDArray

from features.online.lists import Lists


def tag_affinity(
    user_tags: Lists, user_of_row: NDArray[np.intp], post_tags: Lists
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sum and maximum of the user's weights over the hashtags of each post, float32 (n,) both.

    ``user_tags`` has a list a user, ``post_tags`` a list a row, ``user_of_row`` (n,) says whose row
    it is. Hashtags that the user does not have weigh 0.
    """
    n = len(post_tags)
    rows = np.repeat(np.arange(n), post_tags.lengths)
    weights = _weights_of(user_tags, user_of_row[rows], post_tags.ids)
    total = np.bincount(rows, weights, minlength=n).astype(np.float32)
    largest = np.zeros(n, np.float32)
    np.maximum.at(largest, rows, weights)
    return total, largest


def _weights_of(user_tags: Lists, users: NDArray[np.intp], tags: NDArray[np.int64]) -> NDArray[np.float32]:
    """The weight of each (user, tag), float32; 0 where the user does not have the tag."""
    if not len(user_tags.ids):
        return np.zeros(len(tags), np.float32)
    known, codes = np.unique(user_tags.ids, return_inverse=True)
    owners = np.repeat(np.arange(len(user_tags)), user_tags.lengths)
    held, order = np.unique(owners * len(known) + codes, return_index=True)
    column = np.minimum(np.searchsorted(known, tags), len(known) - 1)
    wanted = users * len(known) + column
    at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    hit = (held[at] == wanted) & (known[column] == tags)
    return np.where(hit, user_tags.weights[order[at]], np.float32(0))


def cf_score(
    user_factors: NDArray[np.float32], user_of_row: NDArray[np.intp], post_factors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Inner product of the factors of each row's user and post, float32 (n,); NaN where one is absent.

    ``user_factors`` (u, k), ``post_factors`` (n, k), ``user_of_row`` (n,).
    """
    users = user_factors.astype(np.float64)[user_of_row]
    scores: NDArray[np.float64] = np.einsum("ij,ij->i", users, post_factors.astype(np.float64))
    return scores.astype(np.float32)
