"""A ranker that has learned: scores rows exactly as a bundle of it will be served."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.bundle import RANK_HEAD, Bundle
from features.calibration import Calibration
from features.definitions import FEATURE_NAMES, FEATURES, Names
from training.rankers.boosting import Trees, trees_of

Objective = Literal["heads", "lambdarank"]
Floats = NDArray[np.float64]


_CONSTANTS = [(i, feature.serving) for i, feature in enumerate(FEATURES) if feature.serving is not None]


def as_served(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """A copy of ``matrix`` (n, F) with the constants that stand in for features when serving."""
    served = matrix.copy()
    for column, constant in _CONSTANTS:
        served[:, column] = constant
    return served


@dataclass(frozen=True)
class FittedRanker:
    """``heads`` by outcome (one head ``rank`` for LambdaRank), their calibration, the action weights.

    ``features`` names the columns of the matrices that it scores.
    """

    objective: Objective
    heads: Mapping[str, Trees]
    calibrations: Mapping[str, Calibration]
    action_weights: Mapping[str, float]
    features: Names = FEATURE_NAMES

    def probabilities(self, matrix: NDArray[np.float32]) -> dict[str, Floats]:
        """Head → (n,): P(outcome), or the strength that LambdaRank gives."""
        return {
            name: self.calibrations.get(name, Calibration()).apply(trees.score(matrix))
            for name, trees in self.heads.items()
        }

    def value(self, matrix: NDArray[np.float32]) -> Floats:
        """What each row is expected to be worth (n,): Σ weight × P(outcome), or LambdaRank's strength."""
        return self.combined(self.probabilities(matrix))

    def combined(self, probabilities: Mapping[str, Floats]) -> Floats:
        """The value out of ``probabilities``."""
        if self.objective == "lambdarank":
            return probabilities[RANK_HEAD]
        weighted = [self.action_weights[name] * p for name, p in probabilities.items()]
        return np.asarray(np.sum(weighted, axis=0), np.float64)


def ranker_of(bundle: Bundle) -> FittedRanker:
    """The ranker that ``bundle`` was made of. Raises ``Corrupt`` when a model cannot be read."""
    heads = {name: trees_of(bundle.model_path(name).read_text()) for name in bundle.manifest.heads}
    calibrations = {name: head.calibration for name, head in bundle.manifest.heads.items()}
    manifest = bundle.manifest
    return FittedRanker(
        manifest.objective, heads, calibrations, manifest.action_weights, bundle.feature_names
    )
