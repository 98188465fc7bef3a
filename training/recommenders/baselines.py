"""What a ranker has to beat: chance, popularity, time, collaborative filtering alone."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES
from feed_core.model.errors import InvalidInput
from training.datasets.examples import Examples

Scores = NDArray[np.float64]


class Random(msgspec.Struct, frozen=True, kw_only=True):
    """A seeded shuffle."""

    seed: int = 0

    def score(self, examples: Examples) -> Scores:
        """Scores (n,)."""
        return np.random.default_rng(self.seed).random(len(examples))


class Popularity(msgspec.Struct, frozen=True, kw_only=True):
    """What people did with the post in the week before, by value. Few posts tie; chance decides those."""

    def score(self, examples: Examples) -> Scores:
        """Scores (n,)."""
        return examples.popularity


class Chronological(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    def score(self, examples: Examples) -> Scores:
        """Scores (n,): the time of the post in ms, exact in float64."""
        return examples.created_at.astype(np.float64)


class CollaborativeFiltering(msgspec.Struct, frozen=True, kw_only=True):
    """The product of the person's and the post's taste alone; a post without one comes last."""

    feature: str = "cf_score"

    def score(self, examples: Examples) -> Scores:
        """Scores (n,). Raises ``InvalidInput`` when the definitions have no such feature."""
        if self.feature not in FEATURE_NAMES:
            raise InvalidInput(f"There is no feature {self.feature!r}.")
        score = examples.features[:, FEATURE_NAMES.index(self.feature)].astype(np.float64)
        lowest = np.nanmin(score, initial=0.0)
        return np.where(np.isnan(score), lowest - 1, score)
