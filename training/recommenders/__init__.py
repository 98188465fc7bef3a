"""Recommenders: a typed configuration and ``score(examples) -> float64 (n,)``."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.datasets.examples import Examples
from training.recommenders.baselines import Chronological, CollaborativeFiltering, Popularity, Random
from training.recommenders.ranked import Ranked


class Recommender(Protocol):
    """Orders what could be shown."""

    def score(self, examples: Examples) -> NDArray[np.float64]:
        """A score a row (n,), finite, higher is better; only the order within a query counts."""


BASELINES: dict[str, Recommender] = {
    "random": Random(),
    "popularity": Popularity(),
    "chronological": Chronological(),
    "collaborative": CollaborativeFiltering(),
}

__all__ = [
    "BASELINES", "Chronological", "CollaborativeFiltering", "Popularity", "Random", "Ranked", "Recommender",
]  # fmt: skip
