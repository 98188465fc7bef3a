"""From a head's raw score to a probability: the curve that training fits and serving applies."""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import InvalidInput


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A monotone curve.

    "isotonic": straight lines between the knots (x, y), flat outside them; "platt": the sigmoid of
    ``slope`` × x + ``intercept`` (Platt 1999); "exp": e to the power of the score, for ranks; "identity": the
    score itself.
    """

    kind: Literal["isotonic", "platt", "exp", "identity"] = "identity"
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if self.kind != "isotonic":
            return
        if not self.x or len(self.x) != len(self.y):
            raise InvalidInput(f"An isotonic curve has {len(self.x)} x and {len(self.y)} y knots.")
        if any(later < earlier for earlier, later in zip(self.x, self.x[1:], strict=False)):
            raise InvalidInput("The x knots of an isotonic curve do not ascend.")

    def apply(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (of "exp" strengths), of the same shape as ``scores``."""
        if self.kind == "isotonic":
            return np.interp(scores, self.x, self.y)
        if self.kind == "platt":
            return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * scores + self.intercept))))
        return np.exp(scores) if self.kind == "exp" else scores
