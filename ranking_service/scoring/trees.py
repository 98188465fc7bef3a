"""One head's trees: compiled to machine code by lleaves where that is valid here, else LightGBM.

LightGBM is the oracle: a test holds both to the same numbers. ``lleaves``: Boehm, github.com/siboehm/lleaves.
Both are imported with the first model: they load pandas and scikit-learn wherever these are installed, and
a service without a model needs none of it.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import Corrupt


class Trees(Protocol):
    """Predicts in the calling thread; safe to call from many."""

    @property
    def width(self) -> int:
        """How many columns the trees expect."""

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """The head's own output (n,) for rows (n, width): a probability for a binary head."""


class LightGbmTrees:
    """LightGBM's own prediction from its text format."""

    def __init__(self, path: Path) -> None:
        import lightgbm

        try:
            self._booster = lightgbm.Booster(model_file=str(path))
        except lightgbm.basic.LightGBMError as error:
            raise Corrupt(f"{path} is no LightGBM model: {error}.", fix="Train again.") from error

    @property
    def width(self) -> int:
        """See ``Trees.width``."""
        return int(self._booster.num_feature())

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """See ``Trees.predict``."""
        return np.asarray(self._booster.predict(matrix, num_threads=1), np.float64)


class CompiledTrees:
    """Machine code that ``compiling`` has made from the same text."""

    def __init__(self, model: Path, code: Path) -> None:
        import lleaves

        self._model = lleaves.Model(str(model))
        self._model.compile(cache=str(code))

    @property
    def width(self) -> int:
        """See ``Trees.width``."""
        return int(self._model.num_feature())

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """See ``Trees.predict``."""
        return np.asarray(self._model.predict(matrix, n_jobs=1), np.float64)
