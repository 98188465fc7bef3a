"""Rows to learn from and to judge: people and candidate posts as of one moment, and what came of them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.datasets.base_rates import person_rates, post_rates
from pipelines.datasets.candidates import candidate_mask
from pipelines.datasets.collaborative import PLAIN, SOCIAL, factor_scores, neighbour_scores
from pipelines.datasets.history import History, Ints
from pipelines.datasets.past import Floats, Past, past_of
from pipelines.datasets.social import friend_scores
from pipelines.datasets.tastes import tag_scores


@dataclass(frozen=True)
class Examples:
    """``names`` are the columns of ``matrix`` float32 (n, F).

    ``people`` int64 (m,) are the ids of those who engaged with something new in the window,
    ``positives`` (m,) with how many posts. A row is ``person`` (n,), a place in ``people``, with
    ``post`` (n,), a post id; ``target`` bool (n,) says whether it was one of the new ones.
    """

    cut: int
    names: tuple[str, ...]
    people: Ints
    positives: Ints
    person: Ints
    post: Ints
    target: NDArray[np.bool_]
    matrix: Floats

    def column(self, name: str) -> Floats:
        """The values (n,) of one feature."""
        return self.matrix[:, self.names.index(name)]

    def without_matrix(self) -> "Examples":
        """The same rows without their features, to keep many windows in memory."""
        return replace(self, matrix=self.matrix[:, :0], names=())


def examples_of(
    history: History, cut: int, window: int, *, negatives: int | None = None, seed: int = 0
) -> Examples:
    """All candidates as of ``cut`` of those who engage anew in ``cut`` ≤ time < ``cut`` + ``window`` (ms).

    With ``negatives``, of each person's candidates that were no target only so many, drawn by chance, and
    only people who have a target among theirs; for training.
    """
    future = (history.at >= cut) & (history.at < cut + window)
    people, person, positives = np.unique(history.user[future], return_inverse=True, return_counts=True)
    past = past_of(history, cut)
    scores = pair_scores(past, people, seed=seed)
    rates = post_rates(past)
    places = np.searchsorted(past.people, people)
    mask = candidate_mask({**scores, **rates}, np.asarray(past.engaged[places].toarray() > 0))
    wanted = _wanted(past, history.post[future], person, mask.shape)
    if negatives is not None:
        mask = _sampled(mask, wanted, negatives, np.random.default_rng([seed, cut // 1_000]))
    row, column = np.nonzero(mask)
    values = {
        **{name: one[row, column] for name, one in scores.items()},
        **{name: one[column] for name, one in rates.items()},
        **{name: one[row] for name, one in person_rates(past, places).items()},
    }
    matrix = np.column_stack(list(values.values())).astype(np.float32)
    return Examples(
        cut, tuple(values), people, positives, row, past.posts[column], wanted[row, column], matrix
    )


def pair_scores(past: Past, people: Ints, *, seed: int = 0) -> dict[str, Floats]:
    """Every score of a person with a post that the past allows: name → (n, q) for ids ``people`` (n,)."""
    places = np.searchsorted(past.people, people)
    social = [factor_scores(past, places, model, seed=seed) for model in SOCIAL]
    return {
        "cf": factor_scores(past, places, PLAIN, seed=seed),
        "social_factors": np.asarray(np.mean(social, axis=0), np.float32),
        **{f"social_factors_{number}": scores for number, scores in enumerate(social, 1)},
        **neighbour_scores(past, places),
        **friend_scores(past, places),
        **tag_scores(past, places),
    }


def _wanted(past: Past, posts: Ints, person: Ints, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pairs (n, q) were new engagements; those with posts that nobody knew before are not in it."""
    known = np.isin(posts, past.posts)
    made = np.zeros(shape, dtype=bool)
    made[person[known], np.searchsorted(past.posts, posts[known])] = True
    return made


def _sampled(
    mask: NDArray[np.bool_], wanted: NDArray[np.bool_], negatives: int, chance: np.random.Generator
) -> NDArray[np.bool_]:
    """``mask`` with at most ``negatives`` others in the rows that hold a wanted one, and no other rows."""
    draws = np.where(mask & ~wanted, chance.random(mask.shape, dtype=np.float32), np.float32(2))
    if draws.shape[1] > negatives:
        limit = np.partition(draws, negatives, axis=1)[:, negatives][:, None]
        kept = draws < np.minimum(limit, 1)
    else:
        kept = draws < 1
    found = mask & wanted
    teaching = np.asarray(found.any(axis=1))
    return np.asarray((kept | found) & teaching[:, None])
