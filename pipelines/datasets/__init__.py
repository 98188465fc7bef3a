"""Real data: named loaders of raw folders, and the loop that shows what ranking is worth on them."""

from pipelines.datasets.named import DATASETS, read_dataset

__all__ = ["DATASETS", "read_dataset"]
