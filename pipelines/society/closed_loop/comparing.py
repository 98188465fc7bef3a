"""The arms beside each other: means per arm with 95 % intervals over people, and the gap that is closed."""

import numpy as np

from pipelines.report import Metric, Row, Table
from pipelines.society.arrays import Floats
from pipelines.society.closed_loop.arms import ANY_POST, ARMS, SAME_CANDIDATES
from pipelines.society.closed_loop.ledger import Measured
from training.evaluation.bootstrap import mean_interval

_RESAMPLES = 2_000


def compare_arms(measured: Measured, days: str) -> Table:
    """The table of the closed loop; ``days`` says which were played. An arm nobody came to has no row."""
    shown = np.maximum(measured.impressions, 1.0)
    columns = (
        ("Value per session", measured.value, 3),
        ("Hides per 1,000 impressions", 1_000 * measured.hides / shown, 2),
        ("Topics per session (entropy, nats)", measured.entropy, 3),
        ("Authors per session", measured.authors, 2),
        ("Impressions of new authors, %", 100 * measured.newcomers / shown, 2),
    )
    metrics = tuple(_metric(measured, name, values, digits) for name, values, digits in columns)
    return Table(title="Closed loop", note=_note(measured, days), metrics=metrics)


def gap_closed(measured: Measured, oracle: str, seed: int = 0) -> Row:
    """(ranked − chronological) ÷ (oracle − chronological) of the value per session, resampling people.

    Not a number where chance alone may have put the oracle ahead, or nobody came to one of the three arms:
    then there is no gap to speak of.
    """
    rng = np.random.default_rng(seed)
    arms = ("chronological", "ranked", oracle)
    lowest, ranked, highest = (_resampled(measured, ARMS.index(name), rng) for name in arms)
    gap = highest - lowest
    if np.isnan(ranked[0]) or not np.quantile(gap[1:], 0.025) > 0:
        return Row(name="gap_closed", mean=np.nan, low=np.nan, high=np.nan)
    share = np.divide(ranked - lowest, gap, out=np.full_like(gap, np.nan), where=gap > 0)
    low, high = np.nanquantile(share[1:], (0.025, 0.975))
    return Row(name="gap_closed", mean=float(share[0]), low=float(low), high=float(high))


def _note(measured: Measured, days: str) -> str:
    any_post, same = (_in_words(gap_closed(measured, oracle)) for oracle in (ANY_POST, SAME_CANDIDATES))
    return (
        f"Days {days}. Ranking closes {any_post} of the gap between chronological and an oracle that knows "
        "the true tastes and may show any post of the last 7 days; with the same candidates as the ranking, "
        f"{same}."
    )


def _in_words(gap: Row) -> str:
    if np.isnan(gap.mean):
        return "an unknown part (too few people)"
    return f"{100 * gap.mean:.0f} % (95 %: {100 * gap.low:.0f} to {100 * gap.high:.0f} %)"


def _resampled(measured: Measured, arm: int, rng: np.random.Generator) -> Floats:
    """The arm's value per session (first), then that of resampled people; none is a number for nobody."""
    mine = measured.arms == arm
    if not mine.any():
        return np.full(1 + _RESAMPLES, np.nan)
    _, person = np.unique(measured.persons[mine], return_inverse=True)
    values, sessions = np.bincount(person, weights=measured.value[mine]), np.bincount(person)
    drawn = rng.multinomial(len(sessions), np.full(len(sessions), 1 / len(sessions)), size=_RESAMPLES)
    drawn = np.vstack([np.ones((1, len(sessions)), drawn.dtype), drawn])
    return np.asarray((drawn @ values) / (drawn @ sessions))


def _metric(measured: Measured, name: str, values: Floats, digits: int) -> Metric:
    rows = []
    for arm, label in enumerate(ARMS):
        mine = measured.arms == arm
        if not mine.any():
            continue
        interval = mean_interval(values[mine], measured.persons[mine], resamples=_RESAMPLES)
        rows.append(Row(name=label, mean=interval.mean, low=interval.low, high=interval.high))
    return Metric(name=name, rows=tuple(rows), digits=digits)
