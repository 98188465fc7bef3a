"""Models that order candidates: a typed configuration and a call. A new one is tested by naming it."""

from training.rankers.boosting import Trees
from training.rankers.calibrating import fit_calibration, fit_isotonic, fit_platt
from training.rankers.config import HEADS, TreesConfig
from training.rankers.fitted import FittedRanker, Objective
from training.rankers.heads import HeadsRanker
from training.rankers.lambdarank import LambdaRanker, grades_of, rank_fit, rank_predict

RANKERS = {"heads": HeadsRanker, "lambdarank": LambdaRanker}

__all__ = [
    "HEADS", "RANKERS", "FittedRanker", "HeadsRanker", "LambdaRanker", "Objective", "Trees", "TreesConfig",
    "fit_calibration", "fit_isotonic", "fit_platt", "grades_of", "rank_fit", "rank_predict",
]  # fmt: skip
