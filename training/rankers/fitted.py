"""A ranker that has learned: scores rows exactly as a bundle of it will be served."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.bundle import RANK_HEAD
from features.calibration import Calibration
from training.rankers.boosting import Trees

Objective = Literal["heads", "lambdarank"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FittedRanker:
    """``heads`` by outcome (one head ``rank`` for LambdaRank), their calibration, the action weights."""

    objective: Objective
    heads: Mapping[str, Trees]
    calibrations: Mapping[str, Calibration]
    action_weights: Mapping[str, float]

    def probabilities(self, matrix: NDArray[np.float32]) -> dict[str, Floats]:
        """Head → (n,): P(outcome), or LambdaRank's score."""
        return {
            name: self.calibrations.get(name, Calibration()).apply(trees.score(matrix))
            for name, trees in self.heads.items()
        }

    def value(self, matrix: NDArray[np.float32]) -> Floats:
        """What each row is expected to be worth (n,): Σ weight × P(outcome), or LambdaRank's score."""
        return self.combined(self.probabilities(matrix))

    def combined(self, probabilities: Mapping[str, Floats]) -> Floats:
        """The value out of ``probabilities``."""
        if self.objective == "lambdarank":
            return probabilities[RANK_HEAD]
        weighted = [self.action_weights[name] * p for name, p in probabilities.items()]
        return np.asarray(np.sum(weighted, axis=0), np.float64)
