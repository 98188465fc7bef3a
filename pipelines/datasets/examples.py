"""The candidates of the discovery job as of a moment, and which of them people chose in the time after it."""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from features.assembly import assemble
from features.definitions import DISCOVERY
from pipelines.discovery.history import History, Ints
from pipelines.discovery.past import Floats, Past
from pipelines.discovery.scores import Block, Scorer
from training.datasets import Choices, joined

NEGATIVES = 80
"""How many of a person's candidates that were not chosen teach, drawn by chance."""


def choosers(history: History, cut: int, window: int) -> tuple[Ints, Ints]:
    """Who chose something new in ``cut`` ≤ time < ``cut`` + ``window`` (ms): ids (m,), of how many posts."""
    future = (history.at >= cut) & (history.at < cut + window)
    people, counts = np.unique(history.user[future], return_counts=True)
    return people, counts


def choices_at(scorer: Scorer, history: History, window: int) -> Choices:
    """All candidates as of the scorer's cut of those who choose anew in the ``window`` (ms) after it."""
    people, positives = choosers(history, scorer.past.cut, window)
    wanted = _wanted(scorer.past, history, people, window)
    parts, start = [], 0
    for block in scorer.blocks(np.searchsorted(scorer.past.people, people)):
        some = slice(start, start + len(block.places))
        parts.append(_choices(scorer, block, people[some], positives[some], wanted[some]))
        start = some.stop
    return joined(parts)


def stored_features(home: Path, choices: Choices, cut: int) -> Floats:
    """The matrix (n, F) of ``choices`` as of ``cut`` (ms), joined by Feast out of the offline rows."""
    from features.historical import historical

    frame = pd.DataFrame({
        "user_id": choices.people[choices.queries],
        "post_id": choices.posts,
        "event_timestamp": np.full(len(choices), cut),
    })  # fmt: skip
    return assemble(historical(home, frame, DISCOVERY.features), DISCOVERY.features)


def _choices(scorer: Scorer, block: Block, people: Ints, positives: Ints, wanted: sp.csr_matrix) -> Choices:
    row, post = np.nonzero(block.strength)
    posts, popular = scorer.past.posts[post], scorer.posts
    return Choices(
        features=scorer.matrix(block, row, post),
        people=people,
        positives=positives,
        queries=row,
        posts=posts,
        chosen=np.asarray(wanted.toarray()[row, post] > 0),
        baselines={
            "chronological": _newest_first(block.scores["friends_newest"][row, post], posts),
            "popular_30_days": (popular["popular_30d"] + 1e-6 * popular["popular"])[post].astype(np.float64),
            "collaborative_filtering": block.scores["cf"][row, post].astype(np.float64),
        },
    )


def _wanted(past: Past, history: History, people: Ints, window: int) -> sp.csr_matrix:
    """Which pairs (m, q) were new; those with posts that nobody knew before are not in it."""
    future = (history.at >= past.cut) & (history.at < past.cut + window)
    future &= np.isin(history.post, past.posts)
    at = np.searchsorted(people, history.user[future]), np.searchsorted(past.posts, history.post[future])
    ones = np.ones(len(at[0]), np.float32)
    return sp.csr_matrix((ones, at), shape=(len(people), len(past.posts)))


def _newest_first(newest: Floats, posts: Ints) -> NDArray[np.float64]:
    """A score in the order of a timeline: the newest friend's engagement first, then the newer post."""
    order = np.lexsort((posts, newest))
    place = np.empty(len(order))
    place[order] = np.arange(1, len(order) + 1)
    return np.where(newest > 0, place, 0.0)
