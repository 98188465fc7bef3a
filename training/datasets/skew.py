"""Is what was logged when serving what the offline rows say of that moment? Feature by feature."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES
from feed_core.model.errors import NotFound
from training.datasets.backfill import Backfill, Columns, point_in_time
from training.datasets.loading import DatasetConfig, load_examples


@dataclass(frozen=True)
class SkewReport:
    """``equal``: share of ``rows`` on which a feature's logged and joined values agree, by feature."""

    rows: int
    equal: dict[str, float]

    @property
    def skewed(self) -> dict[str, float]:
        """Features that do not agree everywhere, the worst first."""
        return dict(sorted(((n, s) for n, s in self.equal.items() if s < 1), key=lambda item: item[1]))


def skew(
    home: Path,
    *,
    start: int,
    end: int,
    sample: int = 5_000,
    seed: int = 0,
    backfill: Backfill = point_in_time,
) -> SkewReport:
    """Compare logged and point-in-time values of about ``sample`` impressions served in that time (ms).

    Values agree when they differ by at most 1e-5 plus 1e-4 of the joined one, or both are missing. Raises
    ``NotFound`` when none was logged under today's definitions.
    """
    settings = DatasetConfig(sample=sample, seed=seed)
    served = load_examples(home, start=start, end=end, config=settings, backfill=_nothing)
    rows = np.flatnonzero(served.logged)
    if not len(rows):
        raise NotFound("No decision of that time logged features.", fix="Serve with a promoted bundle first.")
    joined = load_examples(
        home, start=start, end=end, config=structs.replace(settings, logged=False), backfill=backfill
    )
    agree = np.isclose(served.features[rows], joined.features[rows], rtol=1e-4, atol=1e-5, equal_nan=True)
    return SkewReport(len(rows), dict(zip(FEATURE_NAMES, agree.mean(axis=0).tolist(), strict=True)))


def _nothing(_home: Path, columns: Columns) -> NDArray[np.float32]:
    """No backfill: those rows are not compared."""
    return np.full((len(columns["user_id"]), len(FEATURE_NAMES)), np.nan, np.float32)
