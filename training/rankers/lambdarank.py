"""LambdaRank: one model that learns the order within a query, on impressions or on any rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.bundle import RANK_HEAD
from features.calibration import Calibration
from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES, Names
from feed_core.model.errors import InvalidInput
from training.rankers.boosting import Binned, Ints, Matrix, Trees
from training.rankers.config import TreesConfig
from training.rankers.fitted import FittedRanker
from training.rankers.heads import CATEGORIES

GRADE_EDGES = (0.0, 1.0, 3.0, 6.0)
"""Grade 0 is a value of 0 or less; 1 less than a like; 2 a like; 3 a save or comment; 4 a share or more."""
MAX_GRADE = 30


Rows = tuple[Matrix, Ints, Ints]
"""Features (n, F), queries (n,), grades (n,)."""
STRENGTH = Calibration(kind="exp")
"""Makes of a rank score s the strength e^s: positive, so that a rule that multiplies it lowers it, and by the
same odds wherever it stands (Bradley and Terry 1952: i stands above j with odds strength i : strength j)."""


class Graded(Protocol):
    """Rows of lists with what each was worth: ``Examples`` of impressions, ``Choices`` without them."""

    @property
    def features(self) -> Matrix:
        """float32 (n, F)."""

    @property
    def queries(self) -> Ints:
        """Which list a row is of, int64 (n,)."""

    @property
    def value(self) -> NDArray[np.float64]:
        """What followed was worth, float64 (n,)."""


class LambdaRanker(msgspec.Struct, frozen=True, kw_only=True):
    """Learns the order of a list's posts by the value of what followed.

    With ``learn_all`` the validation says how many trees, and a model of so many then learns from it too.
    """

    trees: TreesConfig = TreesConfig()
    cutoff: int = 10
    features: Names = FEATURE_NAMES
    learn_all: bool = False

    def __call__(
        self, train: Graded, valid: Graded, progress: Callable[[int, int], None] | None = None
    ) -> FittedRanker:
        """Fit on the lists of ``train``, stop on the NDCG of those of ``valid``."""
        old, new = _rows_of(train), _rows_of(valid)
        trees = self._fit(old, new, self.trees)
        if self.learn_all:
            fixed = msgspec.structs.replace(self.trees, trees=trees.rounds, patience=trees.rounds + 1)
            trees = replace(self._fit(_both(old, new), new, fixed), curve=trees.curve)
        if progress:
            progress(1, 1)
        return FittedRanker(
            "lambdarank", {RANK_HEAD: trees}, {RANK_HEAD: STRENGTH}, dict(ACTION_WEIGHTS), self.features
        )

    def _fit(self, rows: Rows, valid: Rows, config: TreesConfig) -> Trees:
        categories = [name for name in CATEGORIES if name in self.features]
        return rank_fit(
            *rows, valid=valid, names=self.features, categories=categories, config=config,
            cutoff=self.cutoff,
        )  # fmt: skip


def _rows_of(lists: Graded) -> Rows:
    return lists.features, lists.queries, grades_of(lists.value)


def _both(first: Rows, second: Rows) -> Rows:
    """The rows of both; the second's queries count on from the first's."""
    after = int(first[1].max(initial=0)) + 1 - int(second[1].min(initial=0))
    queries = np.concatenate([first[1], second[1] + after])
    return np.concatenate([first[0], second[0]]), queries, np.concatenate([first[2], second[2]])


def grades_of(value: NDArray[np.float64]) -> Ints:
    """Grades 0 to 4 of values (n,); see ``GRADE_EDGES``."""
    rest = np.searchsorted(np.asarray(GRADE_EDGES[1:]), value, side="right") + 1
    return np.where(value > GRADE_EDGES[0], rest, 0).astype(np.int64)


def rank_fit(
    matrix: Matrix,
    queries: ArrayLike,
    grades: ArrayLike,
    *,
    valid: tuple[Matrix, ArrayLike, ArrayLike],
    names: Sequence[str],
    categories: Sequence[str] = (),
    config: TreesConfig | None = None,
    cutoff: int = 10,
) -> Trees:
    """LambdaRank on any rows: features float32 (n, F), query ids (n,), whole grades 0 to 30 (n,).

    ``valid`` is the same three of a later time, on whose NDCG@``cutoff`` the training stops. Rows need
    not be sorted. A query whose grades are all alike teaches nothing and is left out.
    Score with ``rank_predict``.
    """
    rows, row_grades, row_sizes = _grouped(matrix, queries, grades)
    held, held_grades, held_sizes = _grouped(*valid)
    binned = Binned(rows, held, names=names, categories=categories, config=config or TreesConfig())
    return binned.fit_ranking((row_grades, row_sizes), (held_grades, held_sizes), cutoff=cutoff)


def rank_predict(trees: Trees, matrix: Matrix) -> NDArray[np.float64]:
    """Scores (n,): only their order within a query means something."""
    return trees.score(matrix)


def _grouped(matrix: Matrix, queries: ArrayLike, grades: ArrayLike) -> tuple[Matrix, Ints, Ints]:
    """Rows of a query side by side, their grades, and the sizes of the groups."""
    query, grade = np.asarray(queries, np.int64), np.asarray(grades)
    if not len(matrix) == len(query) == len(grade):
        raise InvalidInput(f"{len(matrix)} rows, {len(query)} queries and {len(grade)} grades differ.")
    if len(grade) and not (
        np.equal(np.mod(grade, 1), 0).all() and 0 <= grade.min() <= grade.max() <= MAX_GRADE
    ):
        raise InvalidInput(f"Grades are whole numbers from 0 to {MAX_GRADE}.")
    _, group = np.unique(query, return_inverse=True)
    low, high = np.full(group.max(initial=-1) + 1, MAX_GRADE + 1), np.full(group.max(initial=-1) + 1, -1)
    np.minimum.at(low, group, grade.astype(np.int64))
    np.maximum.at(high, group, grade.astype(np.int64))
    kept = np.flatnonzero((low < high)[group])
    order = kept[np.argsort(group[kept], kind="stable")]
    sizes = np.bincount(group[order])
    return matrix[order], grade[order].astype(np.int64), sizes[sizes > 0]
