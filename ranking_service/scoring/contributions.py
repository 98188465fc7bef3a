"""What each feature added to a rank score: exact Shapley values of the trees (Lundberg et al. 2018).

A head of an action explains itself by its probability; the score of a rank head means nothing by itself.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm


class Contributions:
    """Of the LightGBM model at ``path``, which is read when it is first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """How much each feature moved the score away from the mean: float64 (n, F) for rows (n, F)."""
        found = self._booster.predict(features.astype(np.float64), pred_contrib=True, num_threads=1)
        return np.asarray(found, np.float64)[:, :-1]

    @cached_property
    def _booster(self) -> "lightgbm.Booster":
        import lightgbm

        return lightgbm.Booster(model_file=str(self._path))
