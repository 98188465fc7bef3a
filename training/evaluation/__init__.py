"""Is it better, and is that more than chance? Metrics over ragged lists, intervals by person."""

from training.evaluation.bootstrap import Interval, mean_interval, mean_intervals, paired_difference
from training.evaluation.comparison import Comparison, Row, compare
from training.evaluation.probability_metrics import (
    Reliability,
    auc,
    expected_calibration_error,
    log_loss,
    reliability,
)
from training.evaluation.ranking_metrics import average_precision, hit_rate, mean_gain, ndcg, recall
from training.evaluation.rankings import Expected, Ranking, rank_rows

__all__ = [
    "Comparison", "Expected", "Interval", "Ranking", "Reliability", "Row", "auc", "average_precision",
    "compare", "expected_calibration_error", "hit_rate", "log_loss", "mean_gain", "mean_interval",
    "mean_intervals", "ndcg", "paired_difference", "rank_rows", "recall", "reliability",
]  # fmt: skip
