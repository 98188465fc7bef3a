"""From what was shown and what followed to a model that serves: train, evaluate, promote."""

from training.evaluating import Evaluation, evaluate
from training.registry import Promotion, promote
from training.report import TrainReport
from training.run import TrainConfig, train

__all__ = ["Evaluation", "Promotion", "TrainConfig", "TrainReport", "evaluate", "promote", "train"]
