"""From a head's raw score to a probability: the curve that training fits and serving applies."""

import math
from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import InvalidInput


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A monotone curve.

    "isotonic": straight lines between the knots (x, y), flat outside them; "platt": the sigmoid of
    ``slope`` × x + ``intercept`` (Platt 1999); "exp": e to the power of the score, for ranks; "identity": the
    score itself. Raises ``InvalidInput`` for a number that is not finite and for a curve that falls.
    """

    kind: Literal["isotonic", "platt", "exp", "identity"] = "identity"
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.x, *self.y, self.slope, self.intercept))):
            raise InvalidInput("A curve has a number that is not finite.")
        if self.kind == "isotonic":
            self._check_knots()
        if self.kind == "platt" and self.slope <= 0:
            raise InvalidInput(f"The slope of a sigmoid is {self.slope}, not above 0.")

    def _check_knots(self) -> None:
        if not self.x or len(self.x) != len(self.y):
            raise InvalidInput(f"An isotonic curve has {len(self.x)} x and {len(self.y)} y knots.")
        for name, knots in (("x", self.x), ("y", self.y)):
            if any(later < earlier for earlier, later in pairwise(knots)):
                raise InvalidInput(f"The {name} knots of an isotonic curve do not ascend.")

    def apply(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (of "exp" strengths), of the same shape as ``scores``."""
        if self.kind == "isotonic":
            return np.interp(scores, self.x, self.y)
        if self.kind == "platt":
            return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * scores + self.intercept))))
        return np.exp(scores) if self.kind == "exp" else scores
