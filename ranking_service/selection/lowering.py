"""How a factor lowers a score: towards zero when it is positive, away from zero when it is negative.

Multiplying a negative score by 0.75 would lift it, and reward what a rule means to lower.
"""

import numpy as np
from numpy.typing import NDArray


def lowered(scores: NDArray[np.float64], factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """``scores`` (n,) under ``factors`` (n,) in (0, 1]; never above the score it was."""
    return np.where(scores >= 0, scores * factors, scores / factors)
