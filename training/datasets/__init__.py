"""Training sets out of the lake: impressions, their outcomes, their features."""

from training.datasets.backfill import Backfill, point_in_time
from training.datasets.choices import Choices, joined
from training.datasets.examples import Examples
from training.datasets.loading import DatasetConfig, load_examples
from training.datasets.skew import SkewReport, skew
from training.datasets.splitting import Split, held_out_span, split_by_time

__all__ = [
    "Backfill", "Choices", "DatasetConfig", "Examples", "SkewReport", "Split", "held_out_span", "joined",
    "load_examples", "point_in_time", "skew", "split_by_time",
]  # fmt: skip
