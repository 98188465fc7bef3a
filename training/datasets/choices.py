"""What people could have been offered at a moment, and which of it they chose: lists without impressions.

A history that was imported says what people did, not what they were shown. So the candidates of a moment
stand for the impressions, and what was chosen in the time after it for their outcomes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from training.evaluation.rankings import Expected

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """n candidates of m lists; a list is a person at a moment.

    ``people`` int64 (m,) are ids and may repeat from moment to moment; ``positives`` int64 (m,) is how many
    posts each then chose, candidates or not. ``queries`` int64 (n,) are places in ``people``, ``posts`` int64
    (n,) ids, ``chosen`` bool (n,); ``features`` float32 (n, F); ``baselines`` name → scores float64 (n,) of
    the methods that a ranker is measured against.
    """

    features: NDArray[np.float32]
    people: Ints
    positives: Ints
    queries: Ints
    posts: Ints
    chosen: NDArray[np.bool_]
    baselines: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.queries)

    @property
    def value(self) -> Floats:
        """What each was worth (n,): 1 when it was chosen."""
        return self.chosen.astype(np.float64)

    @property
    def expected(self) -> Expected:
        """How many relevant posts each list has, so that those that are no candidates count as missed."""
        return Expected(np.arange(len(self.people)), self.positives)

    def take(self, rows: NDArray[np.bool_] | Ints) -> "Choices":
        """The chosen rows, of all the lists."""
        return replace(
            self, features=self.features[rows], queries=self.queries[rows], posts=self.posts[rows],
            chosen=self.chosen[rows], baselines={k: v[rows] for k, v in self.baselines.items()},
        )  # fmt: skip

    def few(self, negatives: int, seed: int) -> "Choices":
        """The lists that hold a chosen post, each with at most ``negatives`` others, drawn by chance."""
        teaching = np.bincount(self.queries[self.chosen], minlength=len(self.people)) > 0
        draws = np.random.default_rng(seed).random(len(self))
        draws[self.chosen] = -1.0
        order = np.lexsort((draws, self.queries))
        ordered = self.queries[order]
        place = np.arange(len(self)) - np.searchsorted(ordered, ordered)
        found = np.bincount(self.queries[self.chosen], minlength=len(self.people))
        kept = order[(place < found[ordered] + negatives) & teaching[ordered]]
        return self.take(np.sort(kept))


def joined(parts: Sequence[Choices]) -> Choices:
    """All lists of ``parts``, one after the other. Raises ``ValueError`` without a part."""
    offsets = np.cumsum([0, *(len(part.people) for part in parts)])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Choices)
        if field.name not in ("queries", "baselines")
    }
    queries = np.concatenate([part.queries + at for part, at in zip(parts, offsets, strict=False)])
    names = parts[0].baselines
    baselines = {name: np.concatenate([part.baselines[name] for part in parts]) for name in names}
    return Choices(queries=queries, baselines=baselines, **columns)
