"""NDCG, average precision, recall, hit rate: one value a query, all queries at once.

A query without a relevant item cannot be answered well or badly: its value is NaN, and every mean in
this package skips it (``np.nanmean``, ``bootstrap.mean_interval``).
"""

from collections.abc import Callable, Mapping

import numpy as np

from feed_core.model.errors import InvalidInput
from training.evaluation.rankings import Floats, Ranking

Metric = Callable[[Ranking, int], Floats]


def ndcg(ranking: Ranking, k: int) -> Floats:
    """Normalised discounted cumulative gain at ``k`` with linear gain (Järvelin and Kekäläinen 2002).

    Gain is the relevance itself, discount 1 / log2(rank + 2); the ideal orders the query's rows, and
    the missed ones, by relevance. Returns (q,) in [0, 1], NaN without a relevant item.
    """
    ideal = np.lexsort((-ranking.relevance, ranking.group))
    starts = np.searchsorted(ranking.group[ideal], np.arange(len(ranking.queries)))
    best_rank = np.empty(len(ideal), np.int64)
    best_rank[ideal] = np.arange(len(ideal)) - starts[ranking.group[ideal]]
    best = ranking.sums(ranking.relevance * _discount(best_rank, k))
    return _share(ranking.sums(ranking.relevance * _discount(ranking.rank, k)), best)


def average_precision(ranking: Ranking, k: int) -> Floats:
    """Average precision at ``k``; its mean over queries is MAP@k.

    The precisions at the ranks of relevant items within the first ``k``, added up and divided by the
    smaller of ``k`` and the number of relevant items. Returns (q,) in [0, 1], NaN without one.
    """
    _positive(k)
    order = np.lexsort((ranking.rank, ranking.group))
    group, rank = ranking.group[order], ranking.rank[order]
    hit = (ranking.relevance[order] > 0) & (rank < k)
    seen = np.cumsum(hit)
    starts = np.searchsorted(group, np.arange(len(ranking.queries)))
    before = np.concatenate([[0], seen])[starts][group]
    precision = np.where(hit, (seen - before) / (np.minimum(rank, k) + 1.0), 0.0)
    total = np.bincount(group, weights=precision, minlength=len(ranking.queries))
    return _share(np.asarray(total, np.float64), np.minimum(_relevant(ranking), k))


def recall(ranking: Ranking, k: int) -> Floats:
    """Relevant items within the first ``k`` / all relevant items. Returns (q,), NaN without one."""
    return _share(_hits(ranking, k), _relevant(ranking))


def hit_rate(ranking: Ranking, k: int) -> Floats:
    """1 where the first ``k`` hold a relevant item, else 0. Returns (q,), NaN without one."""
    return _share((_hits(ranking, k) > 0).astype(np.float64), (_relevant(ranking) > 0).astype(np.float64))


def mean_gain(ranking: Ranking, k: int) -> Floats:
    """Mean relevance of the first ``k`` rows, fewer where there are fewer. Returns (q,), never NaN
    for a query with rows: the one metric here that also counts queries without a relevant item."""
    shown = (ranking.rank < _positive(k)).astype(np.float64)
    return _share(ranking.sums(ranking.relevance * shown), ranking.sums(shown))


METRICS: Mapping[str, Metric] = {
    "ndcg": ndcg,
    "map": average_precision,
    "recall": recall,
    "hit_rate": hit_rate,
}


def metric_of(name: str) -> tuple[Metric, int]:
    """The metric and k of a name such as ``ndcg@20``; raises ``InvalidInput`` for any other name."""
    word, _, k = name.partition("@")
    if word not in METRICS or not k.isdecimal() or int(k) < 1:
        raise InvalidInput(f"There is no metric {name!r}.", fix=f"Use {', '.join(METRICS)} with @k: ndcg@20.")
    return METRICS[word], int(k)


def _discount(rank: np.ndarray[tuple[int], np.dtype[np.int64]], k: int) -> Floats:
    near = np.minimum(rank, _positive(k))
    return np.where(near < k, 1.0 / np.log2(near + 2.0), 0.0)


def _hits(ranking: Ranking, k: int) -> Floats:
    return ranking.sums(((ranking.relevance > 0) & (ranking.rank < _positive(k))).astype(np.float64))


def _relevant(ranking: Ranking) -> Floats:
    return ranking.sums((ranking.relevance > 0).astype(np.float64))


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _positive(k: int) -> int:
    if k < 1:
        raise InvalidInput(f"k is {k}.", fix="Use 1 or more.")
    return k
