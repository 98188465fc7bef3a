"""A bundle ready to score: trees, calibration and action weights become the value of a post.

value = Σ over actions of P(action | person, post, request) × weight; see ``features.definitions``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.bundle import RANK_HEAD, Bundle
from features.calibration import Calibration
from features.definitions import Names
from feed_core.model.errors import Corrupt, InvalidInput
from ranking_service.scoring.compiling import is_compiled
from ranking_service.scoring.contributions import Contributions
from ranking_service.scoring.halves import in_halves
from ranking_service.scoring.trees import CompiledTrees, LightGbmTrees, Trees


@dataclass(frozen=True, slots=True)
class Valued:
    """``values`` float64 (n,); ``probabilities`` float64 (n, H) by ``actions`` with their ``weights``.

    A bundle whose objective is a rank has values and no actions.
    """

    values: NDArray[np.float64]
    actions: tuple[str, ...]
    weights: tuple[float, ...]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """Scores rows one by one: the value of a row does not depend on the others."""

    version: str
    definitions_hash: str
    heads: tuple[str, ...]
    weights: tuple[float, ...]
    trees: tuple[Trees, ...]
    calibrations: tuple[Calibration, ...]
    compiled: bool
    features: Names
    explained_by: Contributions | None

    def value(self, features: NDArray[np.float32], knobs: Mapping[str, float]) -> Valued:
        """Values of ``features`` float32 (n, F), a column a name in ``self.features``; ``knobs`` multiply the
        weights of this request. Raises ``InvalidInput`` for rows of another width."""
        if features.shape[1:] != (len(self.features),):
            raise InvalidInput(f"Rows of shape {features.shape} came for {len(self.features)} features.")
        matrix = np.ascontiguousarray(features, np.float64)
        probabilities = in_halves(self._outputs, matrix)
        if self.heads == (RANK_HEAD,):
            return Valued(probabilities[:, 0], (), (), np.zeros((len(matrix), 0)))
        weights = tuple(w * knobs.get(head, 1.0) for head, w in zip(self.heads, self.weights, strict=True))
        values = sum((probabilities[:, i] * w for i, w in enumerate(weights)), np.zeros(len(matrix)))
        return Valued(values, self.heads, weights, probabilities)

    def _outputs(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated outputs (n, H) of the heads."""
        heads = zip(self.trees, self.calibrations, strict=True)
        return np.stack([curve.apply(trees.predict(matrix)) for trees, curve in heads], axis=1)


def model_of(bundle: Bundle, *, compiled: bool = True) -> Model:
    """Make ``bundle`` ready; its compiled trees are used when all are valid here and ``compiled`` is set.

    Raises ``InvalidInput`` when it was trained on other definitions, ``Corrupt`` when its models do not
    fit its features.
    """
    manifest = bundle.manifest
    names = bundle.feature_names
    if not bundle.is_current:
        raise InvalidInput(
            f"Bundle {manifest.version} was trained on definitions {manifest.definitions_hash}, and this "
            "service has others.",
            fix="Run: loupe train && loupe promote.",
        )
    heads = tuple(manifest.heads)
    use_code = compiled and all(is_compiled(bundle, head) for head in heads)
    trees = tuple(_trees(bundle, head, use_code) for head in heads)
    for head, made in zip(heads, trees, strict=True):
        if made.width != len(names):
            message = f"Head {head!r} of bundle {manifest.version} expects {made.width} columns"
            raise Corrupt(f"{message}, not {len(names)}.", fix="Train again.")
    return Model(
        version=manifest.version,
        definitions_hash=manifest.definitions_hash,
        heads=heads,
        weights=tuple(manifest.action_weights.get(head, 0.0) for head in heads),
        trees=trees,
        calibrations=tuple(manifest.heads[head].calibration for head in heads),
        compiled=use_code,
        features=names,
        explained_by=Contributions(bundle.model_path(RANK_HEAD)) if heads == (RANK_HEAD,) else None,
    )


def _trees(bundle: Bundle, head: str, compiled: bool) -> Trees:
    path = bundle.model_path(head)
    return CompiledTrees(path, bundle.compiled_path(head)) if compiled else LightGbmTrees(path)
