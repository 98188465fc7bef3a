"""From what was shown and what followed to a model that serves: train, evaluate, promote."""

from training.choosing import ChoiceConfig, ChoiceSplit, train_on_choices
from training.evaluating import Evaluation, evaluate
from training.registry import Promotion, promote
from training.report import TrainReport
from training.run import TrainConfig, train

__all__ = [
    "ChoiceConfig", "ChoiceSplit", "Evaluation", "Promotion", "TrainConfig", "TrainReport", "evaluate",
    "promote", "train", "train_on_choices",
]  # fmt: skip
