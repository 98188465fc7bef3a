"""What can be set about the trees, in one record that every ranker takes and every run logs."""

import math
from typing import Any

import msgspec

from feed_core.model.errors import InvalidInput

HEADS: tuple[str, ...] = ("like", "comment", "share", "hide", "long_dwell")
"""The outcomes that get a model of their own."""


class TreesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Size and learning of one LightGBM model. Small on purpose: it is compiled and served in ms.

    ``patience`` rounds without a better validation loss end the training. ``threads`` models are trained
    at once, each on one thread: that changes the speed, never the result.
    """

    trees: int = 120
    leaves: int = 31
    learning_rate: float = 0.1
    min_rows_per_leaf: int = 100
    l2: float = 5.0
    feature_share: float = 0.8
    bins: int = 63
    patience: int = 12
    threads: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        if not (1 <= self.trees <= 2_000 and 2 <= self.leaves <= 255 and 2 <= self.bins <= 255):
            raise InvalidInput(
                f"{self.trees} trees of {self.leaves} leaves on {self.bins} bins is no model to serve.",
                fix="Use 1 to 2000 trees, 2 to 255 leaves, 2 to 255 bins.",
            )
        if not (0 < self.learning_rate <= 1 and 0 < self.feature_share <= 1):
            raise InvalidInput("The learning rate and the feature share lie in (0, 1].")
        if not (self.min_rows_per_leaf >= 0 and 0 <= self.l2 < math.inf):
            raise InvalidInput("The rows of a leaf and the L2 penalty are finite and not below 0.")
        if self.patience < 1 or self.threads < 1:
            raise InvalidInput("Patience and threads are at least 1.")

    def parameters(self) -> dict[str, Any]:
        """The same in LightGBM's words, made reproducible."""
        return {
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_rows_per_leaf,
            "lambda_l2": self.l2,
            "feature_fraction": self.feature_share,
            "max_bin": self.bins,
            "num_threads": 1,
            "seed": self.seed,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
        }
