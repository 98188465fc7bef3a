"""Several recommenders on the same rows: metrics with intervals, and paired differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from feed_core.model.errors import InvalidInput
from training.evaluation.bootstrap import RESAMPLES, Interval, mean_intervals
from training.evaluation.ranking_metrics import metric_of
from training.evaluation.rankings import Expected, Floats, Ints, rank_rows


@dataclass(frozen=True)
class Row:
    """One cell of the table: ``recommender`` at ``metric`` (such as ``ndcg@20``)."""

    recommender: str
    metric: str
    interval: Interval


@dataclass(frozen=True)
class Comparison:
    """``rows``: every recommender at every metric. ``leads``: the first recommender minus each other."""

    rows: tuple[Row, ...]
    leads: tuple[Row, ...]

    def interval(self, recommender: str, metric: str) -> Interval:
        """The cell of the table; raises ``InvalidInput`` when it was not computed."""
        for row in self.rows:
            if (row.recommender, row.metric) == (recommender, metric):
                return row.interval
        raise InvalidInput(f"{metric} of {recommender} was not computed.")

    def lead(self, over: str, metric: str) -> Interval:
        """The first recommender's paired difference to ``over``."""
        for row in self.leads:
            if (row.recommender, row.metric) == (over, metric):
                return row.interval
        raise InvalidInput(f"The lead over {over} at {metric} was not computed.")


def compare(
    scores: Mapping[str, ArrayLike],
    queries: ArrayLike,
    relevance: ArrayLike,
    *,
    metrics: Sequence[str] = ("ndcg@10", "map@10", "recall@10", "hit_rate@10"),
    users: tuple[ArrayLike, ArrayLike] | None = None,
    expected: Expected | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Rank the same rows (n,) by each of ``scores`` and compare the results.

    ``users`` is (queries (q,), users (q,)): whose query it is; without it each query is a person.
    ``expected`` as in ``rank_rows``. Queries without a relevant item are skipped, the same ones for all.
    """
    values: dict[tuple[str, str], Floats] = {}
    owner: Ints = np.zeros(0, np.int64)
    for name, score in scores.items():
        ranking = rank_rows(score, queries, relevance, expected=expected, seed=seed)
        owner = _owners(ranking.queries, users)
        for metric in metrics:
            measure, k = metric_of(metric)
            values[name, metric] = measure(ranking, k)
    champion = next(iter(scores))
    rest = [(name, metric) for name, metric in values if name != champion]
    cells = [*values.values(), *(values[champion, metric] - values[name, metric] for name, metric in rest)]
    intervals = mean_intervals(np.stack(cells), owner, resamples=resamples, seed=seed)
    rows = [Row(*key, interval) for key, interval in zip([*values, *rest], intervals, strict=True)]
    return Comparison(tuple(rows[: len(values)]), tuple(rows[len(values) :]))


def _owners(queries: Ints, users: tuple[ArrayLike, ArrayLike] | None) -> Ints:
    if users is None:
        return queries
    known, owner = np.asarray(users[0], np.int64), np.asarray(users[1], np.int64)
    if not np.isin(queries, known).all():
        raise InvalidInput("A query has no user.")
    order = np.argsort(known, kind="stable")
    return owner[order][np.searchsorted(known[order], queries)]
