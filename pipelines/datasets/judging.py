"""Ranks what people could have been shown at a cut, and compares with what they then chose."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipelines.datasets.examples import Examples
from pipelines.datasets.history import History
from pipelines.datasets.past import Floats, past_of
from pipelines.datasets.real_report import METRICS
from training.evaluation import Comparison, Expected, compare
from training.rankers.boosting import Trees
from training.rankers.lambdarank import rank_predict

RANKED = "ranked"


class Judged(NamedTuple):
    """The candidates of one cut without their features, scored by every method: name → (n,)."""

    examples: Examples
    scores: dict[str, Floats]


def judge_window(trees: Trees, examples: Examples) -> Judged:
    """Score all candidates by the model and by each method it is measured against."""
    scores = {
        RANKED: rank_predict(trees, examples.matrix).astype(np.float32),
        "chronological": _newest_first(examples.column("friends_newest"), examples.post),
        "popular_30_days": examples.column("popular_30d") + 1e-6 * examples.column("popular"),
        "collaborative_filtering": examples.column("cf"),
    }
    return Judged(examples.without_matrix(), scores)


def compare_windows(judged: Sequence[Judged], *, seed: int = 0) -> Comparison:
    """All methods on the same people and candidates; targets that are no candidates count as missed."""
    offsets = np.cumsum([0, *(len(one.examples.people) for one in judged)])
    people = np.concatenate([one.examples.people for one in judged])
    queries = np.arange(len(people))
    rows = np.concatenate([at + one.examples.person for at, one in zip(offsets, judged, strict=False)])
    scores = {name: np.concatenate([one.scores[name] for one in judged]) for name in judged[0].scores}
    return compare(
        scores,
        rows,
        np.concatenate([one.examples.target for one in judged]).astype(np.float64),
        metrics=tuple(METRICS),
        users=(queries, people),
        expected=Expected(queries, np.concatenate([one.examples.positives for one in judged])),
        seed=seed,
    )


def candidate_recall(examples: Examples) -> float:
    """The mean over people of the share of their targets that are candidates: the bound of recall."""
    found = np.bincount(examples.person[examples.target], minlength=len(examples.people))
    return float(np.mean(found / examples.positives))


def friends_recall(history: History, cut: int, window_ms: int) -> tuple[float, float]:
    """Share of targets that a friend engaged with before ``cut``: (mean over people, over all targets)."""
    past = past_of(history, cut)
    future = (history.at >= cut) & (history.at < cut + window_ms)
    person = np.searchsorted(past.people, history.user[future])
    known = np.isin(history.post[future], past.posts)
    place = np.minimum(np.searchsorted(past.posts, history.post[future]), len(past.posts) - 1)
    reached = (past.follows @ past.engaged)[person, place]
    found = (np.asarray(reached).ravel() > 0) & known
    counts = np.bincount(person)
    people = counts > 0
    return float(np.mean(np.bincount(person, found)[people] / counts[people])), float(found.mean())


def _newest_first(newest: Floats, post: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """A score in the order of a timeline: the newest friend's engagement first, then the newer post."""
    order = np.lexsort((post, newest))
    place = np.empty(len(order), dtype=np.float32)
    place[order] = np.arange(1, len(order) + 1)
    return np.where(newest > 0, place, 0).astype(np.float32)
