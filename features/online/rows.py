"""The port of the online rows: packed float32 rows by entity, many keys a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from features.definitions import View
from features.definitions.view import EntityName
from features.online.lists import Lists
from feed_core.model.errors import InvalidInput

Keys = NDArray[np.int64]
"""Entity keys, int64 (n, k): one column a join key of the view; (n,) will do where k is 1."""

Entities = tuple[EntityName, ...]
"""What the rows of a view are about."""


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Rows to be written: keys (n, k), matrix float32 (n, view.width), event times int64 (n,) in ms, and
    lists exactly when the view has a list field."""

    keys: Keys
    matrix: NDArray[np.float32]
    event_times: NDArray[np.int64]
    lists: Lists | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the order of the keys that were asked for.

    ``matrix`` float32 (n, view.width), NaN where there is no row; ``event_times`` int64 (n,), ms,
    0 where there is no row; ``lists`` when the view has a list field, empty where there is no row.
    ``foreign`` counts the keys whose row was written under another definition of the view.
    """

    matrix: NDArray[np.float32]
    event_times: NDArray[np.int64]
    lists: Lists | None = None
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class ViewState:
    """How many rows a view has online, and the newest event time (ms, 0 without rows)."""

    rows: int
    newest: int


class OnlineRows(Protocol):
    """Keeps the newest row of each entity and view. Safe to use from many threads."""

    def write_many(self, view: View, rows: PackedRows) -> int:
        """Write rows, all or none; returns how many took effect.

        A row whose event time is older than the stored one changes nothing, so a write can be
        repeated. Raises ``InvalidInput`` for wrong shapes, keys or times.
        """

    def read_many(self, view: View, keys: Keys, *, names: bool = False) -> Rows:
        """The rows of ``keys`` in one call; with ``names``, lists carry their words too.

        Raises ``Corrupt`` when a stored row does not have the length that its definition says.
        """

    def read_views(self, views: Sequence[View], keys: Mapping[Entities, Keys]) -> dict[str, Rows]:
        """By name, the rows of ``views``, each for the keys of its entities; otherwise as ``read_many``."""

    def state(self, view: View) -> ViewState:
        """What is stored of ``view``."""

    def foreign_rows(self) -> dict[str, int]:
        """By view, how many rows of other definitions have been passed over since the start."""

    def drop(self, view: View) -> None:
        """Forget every row of ``view``."""

    def close(self) -> None:
        """Let go of files and connections."""


def checked_keys(view: View, keys: NDArray[np.generic]) -> Keys:
    """``keys`` as int64 (n, k); raises ``InvalidInput`` unless they are whole and positive."""
    array = np.asarray(keys)
    if array.ndim == 1 and len(view.join_keys) == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != len(view.join_keys):
        wanted = ", ".join(view.join_keys)
        raise InvalidInput(f"Keys of {view.name} have shape {array.shape}; wanted columns: {wanted}.")
    if array.dtype.kind not in "iu":
        raise InvalidInput(f"Keys of {view.name} are {array.dtype}, not integers.", fix="Drop missing keys.")
    if not _are_positive(array):
        wrong = array.min() if array.min() <= 0 else array.max()
        raise InvalidInput(f"Keys of {view.name} must be positive 64-bit numbers; one is {wrong}.")
    return array.astype(np.int64, copy=False)


def checked_matrix(view: View, matrix: NDArray[np.generic], n: int) -> NDArray[np.float32]:
    """``matrix`` as contiguous float32 (n, view.width); raises ``InvalidInput`` for another shape."""
    if matrix.shape != (n, view.width):
        raise InvalidInput(f"Rows of {view.name} have shape {matrix.shape}, not {(n, view.width)}.")
    return np.ascontiguousarray(matrix, np.float32)


def checked_times(view: View, times: NDArray[np.generic], n: int) -> NDArray[np.int64]:
    """``times`` as int64 (n,); raises ``InvalidInput`` unless they are whole ms since 1970."""
    if times.shape != (n,) or times.dtype.kind not in "iu" or not _are_positive(times):
        raise InvalidInput(f"{view.name} needs {n} event times in ms since 1970, one a row.")
    return times.astype(np.int64, copy=False)


def _are_positive(numbers: NDArray[np.generic]) -> bool:
    """Whether all are above 0 and fit 64 bits with a sign, as unsigned ones need not."""
    return not numbers.size or bool(numbers.min() > 0 and numbers.max() <= np.iinfo(np.int64).max)
