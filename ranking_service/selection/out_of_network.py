"""A post from someone not followed must be better than one from someone followed to stand above it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.query import Query


@dataclass(frozen=True)
class OutOfNetwork:
    """Lowers posts of authors who are not followed."""

    factor: float = 0.75
    name: str = "out_of_network"

    def factors(self, query: Query, pool: Pool) -> NDArray[np.float64]:  # noqa: ARG002
        """1 in network, ``factor`` out of it."""
        return np.where(pool.in_network, 1.0, self.factor)
