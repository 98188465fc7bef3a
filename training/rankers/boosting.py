"""LightGBM behind one call: rows in, the text of a model and its learning curve out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import Corrupt, InvalidInput
from training.rankers.config import TreesConfig

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Trees:
    """A fitted model. ``text`` is LightGBM's own format; ``curve`` has its validation metric by round;
    ``gains`` float64 (F,) is how much each feature lowered the training loss."""

    text: str
    metric: str
    curve: tuple[float, ...]
    gains: Floats

    @property
    def rounds(self) -> int:
        """How many trees were kept: the round with the best validation metric."""
        return int(self._booster.num_trees())

    def score(self, matrix: Matrix) -> Floats:
        """What the model itself says of the rows (n,): a probability, or a rank score without unit."""
        if not len(matrix):
            return np.zeros(0)
        return np.asarray(self._booster.predict(matrix), np.float64)

    @cached_property
    def _booster(self) -> Any:
        try:
            return lgb.Booster(model_str=self.text)
        except lgb.basic.LightGBMError as error:
            raise Corrupt(f"The text is no LightGBM model: {error}") from error


def trees_of(text: str) -> Trees:
    """The model whose ``text`` was kept, without the figures of its training.

    Raises ``Corrupt`` when the text is no model: here, before anybody reads rows to be scored by it.
    """
    trees = Trees(text, "", (), np.zeros(0))
    _ = trees._booster
    return trees


class Binned:
    """Training and validation rows, binned once for all the models that learn from them.

    ``names`` are the columns, ``categories`` those of them that hold codes.
    """

    def __init__(
        self,
        train: Matrix,
        valid: Matrix,
        *,
        names: Sequence[str],
        categories: Sequence[str] = (),
        config: TreesConfig,
    ) -> None:
        if not len(train) or not len(valid):
            raise InvalidInput("There are no rows to train or to validate on.", fix="Ask for more days.")
        self._config = config
        shared: dict[str, Any] = {
            "feature_name": list(names),
            "categorical_feature": [list(names).index(name) for name in categories],
            "params": config.parameters(),
        }
        self._train = lgb.Dataset(train, **shared).construct()
        self._valid = lgb.Dataset(valid, reference=self._train, **shared).construct()

    def fit_outcome(self, train: NDArray[np.bool_], valid: NDArray[np.bool_]) -> Trees:
        """A binary model of an outcome, bool (n,) by row; stops early on the validation log loss."""
        self._train.set_label(train.astype(np.float32))
        self._valid.set_label(valid.astype(np.float32))
        return self._fit({"objective": "binary", "metric": "binary_logloss"}, "binary_logloss")

    def fit_ranking(self, train: tuple[Ints, Ints], valid: tuple[Ints, Ints], *, cutoff: int = 10) -> Trees:
        """LambdaRank (Burges 2010) on (grades 0 to 30, group sizes); rows of a group are neighbours.

        Gain of a grade g is 2^g − 1; stops early on the validation NDCG at ``cutoff``.
        """
        for rows, (grades, sizes) in ((self._train, train), (self._valid, valid)):
            rows.set_label(grades.astype(np.float32)).set_group(sizes)
        parameters = {
            "objective": "lambdarank",
            "metric": "ndcg",
            "eval_at": [cutoff],
            "lambdarank_truncation_level": cutoff + 5,
        }
        return self._fit(parameters, f"ndcg@{cutoff}")

    def _fit(self, objective: dict[str, Any], metric: str) -> Trees:
        curve: dict[str, dict[str, list[float]]] = {}
        booster = lgb.train(
            self._config.parameters() | objective,
            self._train,
            num_boost_round=self._config.trees,
            valid_sets=[self._valid],
            valid_names=["valid"],
            callbacks=[
                lgb.early_stopping(self._config.patience, verbose=False),
                lgb.record_evaluation(curve),
            ],
        )
        text = booster.model_to_string(num_iteration=booster.best_iteration)
        gains = booster.feature_importance("gain", iteration=booster.best_iteration)
        return Trees(text, metric, tuple(map(float, curve["valid"][metric])), np.asarray(gains, np.float64))
