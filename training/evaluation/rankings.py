"""Many ranked lists of different lengths as flat arrays: what every ranking metric reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from feed_core.model.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNRANKED = np.iinfo(np.int64).max
"""The rank of a relevant item that was never a candidate: below every k."""


@dataclass(frozen=True)
class Expected:
    """How many relevant items each query has in truth, also those that no row holds.

    ``queries`` int64 (q,), each once; ``positives`` int64 (q,), at least the relevant rows.
    """

    queries: Ints
    positives: Ints


@dataclass(frozen=True)
class Ranking:
    """Rows of all queries, sorted by query and within it from best to worst.

    ``queries`` int64 (q,) ascending; ``group`` int64 (n,) is the place of a row's query in them;
    ``rank`` int64 (n,) counts from 0, ``UNRANKED`` for relevant items that were no candidate;
    ``relevance`` float64 (n,), at least 0; 0 is irrelevant.
    """

    queries: Ints
    group: Ints
    rank: Ints
    relevance: Floats

    def sums(self, values: Floats) -> Floats:
        """Row values (n,) added up by query (q,)."""
        return np.bincount(self.group, weights=values, minlength=len(self.queries)).astype(np.float64)


def rank_rows(
    scores: ArrayLike,
    queries: ArrayLike,
    relevance: ArrayLike,
    *,
    expected: Expected | None = None,
    seed: int = 0,
) -> Ranking:
    """Rank the rows (n,) of each query by descending score.

    Equal scores are ordered by chance (``seed``), the same chance for every recommender, so that
    no order of the input leaks into a result. With ``expected``, relevant items outside the rows
    count as missed, and a query without any row counts as one that found nothing.
    Raises ``InvalidInput`` for other shapes, a score or relevance that is not finite, a negative
    relevance, or an ``expected`` that is smaller than what the rows hold.
    """
    score, rows = np.asarray(scores, np.float64), np.asarray(queries, np.int64)
    gain = np.asarray(relevance, np.float64)
    _check(score, rows, gain)
    chance = np.random.default_rng(seed).permutation(len(rows))
    order = np.lexsort((chance, -score, rows))
    rows, gain = rows[order], gain[order]
    names, starts, group = np.unique(rows, return_index=True, return_inverse=True)
    ranking = Ranking(names, group, np.arange(len(rows)) - starts[group], gain)
    return ranking if expected is None else _with_missed(ranking, expected)


def _check(score: Floats, rows: Ints, gain: Floats) -> None:
    if not score.shape == rows.shape == gain.shape or score.ndim != 1:
        raise InvalidInput(
            f"Shapes differ: scores {score.shape}, queries {rows.shape}, relevance {gain.shape}."
        )
    if not (np.isfinite(score).all() and np.isfinite(gain).all()):
        raise InvalidInput("A score or a relevance is not finite.")
    if (gain < 0).any():
        raise InvalidInput("A relevance is negative.", fix="Clip it at 0.")


def _with_missed(ranking: Ranking, expected: Expected) -> Ranking:
    """Append a row without a rank for each relevant item that is missing."""
    order = np.argsort(expected.queries, kind="stable")
    names, wanted = expected.queries[order], expected.positives[order]
    if (names[1:] == names[:-1]).any():
        raise InvalidInput("A query is named twice in what is expected.")
    at = np.searchsorted(names, ranking.queries)
    known = at < len(names)
    known[known] = names[at[known]] == ranking.queries[known]
    if not known.all():
        raise InvalidInput(f"Nothing is expected of query {ranking.queries[~known][0]}.")
    group = at[ranking.group]
    found = np.bincount(group[ranking.relevance > 0], minlength=len(names))
    if (found > wanted).any():
        raise InvalidInput(f"Query {names[found > wanted][0]} holds more relevant rows than expected.")
    missed = np.repeat(np.arange(len(names)), wanted - found)
    return Ranking(
        names,
        np.concatenate([group, missed]),
        np.concatenate([ranking.rank, np.full(len(missed), UNRANKED)]),
        np.concatenate([ranking.relevance, np.ones(len(missed))]),
    )
