"""What training and evaluation found, as tables of the report."""

from collections.abc import Mapping

from pipelines.report import Metric, Row, Table
from training.evaluation.comparison import Comparison
from training.judging import HeadReport

_HEADS = (
    ("Base rate", "base"),
    ("AUC", "auc"),
    ("Log loss", "log_loss"),
    ("Log loss of the base rate", "log_loss_base"),
    ("Calibration error", "ece"),
)


def offline_table(comparison: Comparison) -> Table:
    """Rankers beside each other on the held-out day, a measure a column."""
    note = "The held-out last day, the same impressions for all; intervals resample people."
    return _compared(comparison, "Offline", note)


def choices_table(comparison: Comparison, title: str) -> Table:
    """Rankers beside each other on what people chose in a window, a measure a column."""
    note = "What people chose for the first time, the same candidates for all; intervals resample people."
    return _compared(comparison, title, note)


def _compared(comparison: Comparison, title: str, note: str) -> Table:
    names = dict.fromkeys(row.metric for row in comparison.rows)
    metrics = tuple(
        Metric(
            name=name.replace("_", " "),
            rows=tuple(
                Row(
                    name=row.recommender,
                    mean=row.interval.mean,
                    low=row.interval.low,
                    high=row.interval.high,
                )
                for row in comparison.rows
                if row.metric == name
            ),
        )
        for name in names
    )
    return Table(title=title, note=note, metrics=metrics)


def heads_table(heads: Mapping[str, HeadReport]) -> Table:
    """How well each action's probability is known, a measure a column."""
    metrics = tuple(
        Metric(
            name=label,
            rows=tuple(
                Row(name=name, mean=value, low=value, high=value)
                for name, value in ((name, getattr(head, field)) for name, head in heads.items())
            ),
            digits=4,
        )
        for label, field in _HEADS
    )
    return Table(title="Actions", note="On the held-out day.", metrics=metrics)
