"""What a part of each stage is. A part is one file; ``for_you.py`` lists them."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ranking_service.pipeline.pool import Ids, Mask, Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Page


class Source(Protocol):
    """Finds candidates. ``name`` is one of ``features.definitions.SOURCES``.

    At most ``quota`` posts are taken; a source that takes longer than ``seconds`` is left out.
    """

    @property
    def name(self) -> str: ...
    @property
    def quota(self) -> int: ...
    @property
    def seconds(self) -> float: ...

    def find(self, query: Query) -> Ids:
        """Post ids, best first."""


class Filter(Protocol):
    """Says who may stay. When it raises, nobody stays."""

    @property
    def name(self) -> str: ...

    def keep(self, query: Query, pool: Pool) -> Mask:
        """True (n,) for candidates that it vouches for."""


class Rule(Protocol):
    """Changes scores after the model, candidate by candidate."""

    @property
    def name(self) -> str: ...

    def factors(self, query: Query, pool: Pool) -> NDArray[np.float64]:
        """What each score is multiplied by, in (0, 1], float64 (n,)."""


class Selector(Protocol):
    """Puts candidates into the order in which they are shown."""

    @property
    def name(self) -> str: ...

    def select(
        self, query: Query, pool: Pool, scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The order, an index (m,) with m ≤ n, and the factor (n,) that it put on each score."""


class SideEffect(Protocol):
    """Runs once the answer is decided and before it is sent; its failure never withholds the answer."""

    @property
    def name(self) -> str: ...

    def run(self, pages: Sequence[Page]) -> None:
        """Log or remember what these pages show."""
