"""Candidates as columns, so that every stage works on arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
NO_IDS: Ids = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Pool:
    """n candidates. All columns are (n,): ids, times (ms) and source codes int64, ``in_network`` bool.

    ``author_ids`` and ``created_at`` are 0 for a post that is unknown or deleted.
    """

    post_ids: Ids
    author_ids: Ids
    created_at: Ids
    sources: Ids
    in_network: Mask

    def __len__(self) -> int:
        return len(self.post_ids)

    def take(self, which: Mask | NDArray[np.intp]) -> "Pool":
        """The candidates under a mask, or at an index and in its order."""
        return Pool(
            self.post_ids[which], self.author_ids[which], self.created_at[which], self.sources[which],
            self.in_network[which],
        )  # fmt: skip
