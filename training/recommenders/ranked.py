"""A ranker as a recommender: scores rows as the service would, with serving constants in place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.datasets.examples import Examples
from training.rankers.fitted import FittedRanker, as_served


@dataclass(frozen=True)
class Ranked:
    """Orders by the expected value of showing the post."""

    ranker: FittedRanker

    def score(self, examples: Examples) -> NDArray[np.float64]:
        """Scores (n,); the true position is hidden, since it is not known when a list is made."""
        return self.ranker.value(as_served(examples.features))
