"""A model an outcome, calibrated, combined by the action weights."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import msgspec
import numpy as np

from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES, FEATURES
from feed_core.model.errors import InvalidInput
from training.datasets.examples import Examples
from training.rankers.boosting import Binned, Trees
from training.rankers.calibrating import fit_calibration
from training.rankers.config import HEADS, TreesConfig
from training.rankers.fitted import FittedRanker

Progress = Callable[[int, int], None]
CATEGORIES = tuple(feature.name for feature in FEATURES if feature.kind == "category")


class HeadsRanker(msgspec.Struct, frozen=True, kw_only=True):
    """Learns P(outcome) for each of ``outcomes``; ``min_positives`` is what a head needs to be learned."""

    outcomes: tuple[str, ...] = HEADS
    trees: TreesConfig = TreesConfig()
    weights: Mapping[str, float] = msgspec.field(default_factory=lambda: dict(ACTION_WEIGHTS))
    min_positives: int = 20

    def __call__(self, train: Examples, valid: Examples, progress: Progress | None = None) -> FittedRanker:
        """Fit on ``train``, stop and calibrate on ``valid``; outcomes too rare to learn are left out.

        Raises ``InvalidInput`` when no outcome is frequent enough.
        """
        learnable = [name for name in self.outcomes if self._enough(name, train, valid)]
        if not learnable:
            raise InvalidInput(
                f"No outcome happened {self.min_positives} times in training and twice in validation.",
                fix="Train on more days or a larger sample.",
            )
        calibrations = {}
        heads = self._fit(learnable, train, valid, progress)
        by_time = np.argsort(valid.times, kind="stable")
        for name, trees in heads.items():
            scores = trees.score(valid.features[by_time])
            calibrations[name] = fit_calibration(scores, valid.outcomes[name][by_time])
        return FittedRanker("heads", heads, calibrations, self.weights)

    def _fit(
        self, names: Sequence[str], train: Examples, valid: Examples, progress: Progress | None
    ) -> dict[str, Trees]:
        """The models of ``names``, several at a time: two on one thread each beat one on two threads."""
        free: SimpleQueue[Binned] = SimpleQueue()
        workers = min(self.trees.threads, len(names))
        for _ in range(workers):
            free.put(
                Binned(
                    train.features,
                    valid.features,
                    names=FEATURE_NAMES,
                    categories=CATEGORIES,
                    config=self.trees,
                )
            )

        def fit(name: str) -> Trees:
            binned = free.get()
            try:
                return binned.fit_outcome(train.outcomes[name], valid.outcomes[name])
            finally:
                free.put(binned)

        heads = {}
        with ThreadPoolExecutor(workers) as pool:
            for done, (name, trees) in enumerate(zip(names, pool.map(fit, names), strict=True)):
                heads[name] = trees
                if progress:
                    progress(done + 1, len(names))
        return heads

    def _enough(self, name: str, train: Examples, valid: Examples) -> bool:
        if name not in train.outcomes:
            raise InvalidInput(f"There is no outcome {name!r}.", fix=f"Use {', '.join(train.outcomes)}.")
        positives = int(train.outcomes[name].sum())
        rows = len(train.times)
        return self.min_positives <= positives < rows and int(valid.outcomes[name].sum()) >= 2
