"""What the loop on real data measured, as records."""

import msgspec

from pipelines.report import Metric, Row, Table
from training.evaluation import Comparison, Interval

METRICS = {"ndcg@20": "NDCG@20", "recall@20": "recall@20", "hit_rate@20": "hit rate@20"}


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Ranked minus another method on the same people. ``apart``: their own intervals do not overlap."""

    over: str
    metric: str
    mean: float
    low: float
    high: float
    apart: bool


class RealReport(msgspec.Struct, frozen=True, kw_only=True):
    """The loop on one data set: one window after ``split`` (ms), and all windows after it.

    ``people`` have at least one target; ``targets`` counts what they engaged with for the first time.
    ``candidate_recall`` is the mean over people of the share of targets among all candidates, the bound of
    every recall; ``friends_recall`` the same of all posts that friends engaged with. ``later`` are the
    windows from the split to the data's end taken together, ranked by the same model; the intervals resample
    people. ``version`` is the bundle that was judged.
    """

    dataset: str
    version: str
    split: int
    window_days: int
    people: int
    targets: int
    candidate_recall: float
    friends_recall: float
    table: Table
    leads: tuple[Lead, ...]
    later: Table
    later_leads: tuple[Lead, ...]


def table_of(title: str, note: str, comparison: Comparison) -> Table:
    """The methods' means with their intervals, a metric a column."""
    metrics = tuple(
        Metric(
            name=label,
            rows=tuple(_row(row.recommender, row.interval) for row in comparison.rows if row.metric == name),
        )
        for name, label in METRICS.items()
    )
    return Table(title=title, note=note, metrics=metrics)


def leads_of(comparison: Comparison, champion: str) -> tuple[Lead, ...]:
    """The champion's paired difference to each other method at each metric."""
    return tuple(
        Lead(
            over=row.recommender,
            metric=METRICS[row.metric],
            mean=row.interval.mean,
            low=row.interval.low,
            high=row.interval.high,
            apart=comparison.interval(champion, row.metric).above(
                comparison.interval(row.recommender, row.metric)
            ),
        )
        for row in comparison.leads
    )


def _row(name: str, interval: Interval) -> Row:
    return Row(name=name, mean=interval.mean, low=interval.low, high=interval.high)
