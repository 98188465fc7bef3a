"""Sets and counts of (person, person) pairs as sorted int64 keys: compact at any size, vectorised."""

import numpy as np

from pipelines.society.arrays import Flags, Ints


class PairSet:
    """Directed pairs among ``size`` people, looked up by arrays."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._keys = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, sources: Ints, targets: Ints) -> None:
        """Add pairs; those that are there already change nothing."""
        fresh = np.sort(np.asarray(sources * self._size + targets))
        fresh = fresh[np.append(True, fresh[1:] != fresh[:-1])] if len(fresh) else fresh
        fresh = fresh[~self._holds(fresh)]
        self._keys = np.insert(self._keys, np.searchsorted(self._keys, fresh), fresh)

    def has(self, sources: Ints, targets: Ints) -> Flags:
        """Which pairs are in the set; shapes broadcast."""
        return self._holds(np.asarray(sources * self._size + targets))

    def _holds(self, keys: Ints) -> Flags:
        if not len(self._keys):
            return np.zeros(keys.shape, np.bool_)
        at = np.searchsorted(self._keys, keys)
        return np.asarray(self._keys[np.minimum(at, len(self._keys) - 1)] == keys)

    def targets(self, source: int) -> Ints:
        """The targets of one source, ascending."""
        low, high = np.searchsorted(self._keys, (source * self._size, (source + 1) * self._size))
        return self._keys[low:high] - source * self._size

    def arrays(self) -> tuple[Ints, Ints]:
        """All pairs as (sources, targets)."""
        return self._keys // self._size, self._keys % self._size


class PairCounts:
    """How often each (source, target) was added; targets are below ``size``."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.clear()

    def clear(self) -> None:
        self._keys = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)

    def add(self, sources: Ints, targets: Ints) -> None:
        """Count each pair once more; repeats in one call count each time."""
        fresh = sources * self._size + targets
        ones = np.ones(len(fresh), np.int64)
        self._keys, group = np.unique(np.concatenate([self._keys, fresh]), return_inverse=True)
        weights = np.concatenate([self._counts, ones])
        self._counts = np.bincount(group, weights=weights, minlength=len(self._keys)).astype(np.int64)

    def of(self, sources: Ints, targets: Ints) -> Ints:
        """The counts of pairs; shapes broadcast."""
        keys = np.asarray(sources * self._size + targets)
        if not len(self._keys):
            return np.zeros(keys.shape, np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[at] == keys, self._counts[at], 0)


def tie_strength(
    sources: Ints, targets: Ints, size: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How close source feels to target, in (0, 1), skewed to weak ties; fixed per pair.

    SplitMix64 (Steele, Lea, Flood 2014) of the pair's key, squared: no table of all pairs is kept.
    """
    z = np.asarray(sources * size + targets).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    unit = (z ^ (z >> np.uint64(31))).astype(np.float64) / 2.0**64
    return np.asarray(unit**2)
