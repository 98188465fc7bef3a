"""The whole loop on real data: load, lake, learn from earlier cuts, rank what people did next.

At a cut, everything is known of the time before it and nothing of the time after it. People who engage with
something new in the window after the split get their candidates ranked by LambdaRank trees that have learned
from earlier cuts alone, whose windows end at the split or before; nothing is tuned on what comes after it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.datasets.examples import examples_of
from pipelines.datasets.history import History, read_history
from pipelines.datasets.judging import (
    RANKED,
    Judged,
    candidate_recall,
    compare_windows,
    friends_recall,
    judge_window,
)
from pipelines.datasets.learning import Window, earlier_cuts, judged_cuts, learn, taught
from pipelines.datasets.named import read_dataset
from pipelines.datasets.real_report import RealReport, leads_of, table_of
from pipelines.importing import LoadReport, load_tables
from pipelines.lake import update_lake

Progress = Callable[[int, int], None]
Seconds = dict[str, float]


def run(
    home: Path,
    dataset: str,
    path: Path,
    *,
    set_name: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> RealReport:
    """Play data set ``dataset`` of folder ``path`` through the platform of ``home`` and judge the ranking.

    ``progress`` gets (steps done, steps in all) of the part after loading. Raises what ``read_dataset``
    raises, before anything is written. May run again: what is loaded is not loaded twice.
    """
    seconds: Seconds = {}
    bring_in(home, dataset, path, set_name=set_name, seconds=seconds)
    name = f"{dataset} {set_name}" if set_name else dataset
    return judge(home, name, seed=seed, seconds=seconds, progress=progress)


def bring_in(
    home: Path,
    dataset: str,
    path: Path,
    *,
    set_name: str | None = None,
    seconds: Seconds | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """The first half: the raw folder through the feed core's services, and the event log to the lake."""
    spent = seconds if seconds is not None else {}
    with _timed(spent, "read"):
        tables = read_dataset(dataset, path, set_name)
    clock = SetClock(0)
    core = FeedCore.open(home, clock=clock)
    try:
        source = "-".join(filter(None, (dataset, set_name)))
        with _timed(spent, "load"):
            report = load_tables(core, tables, clock=clock, home=home, source=source, progress=progress)
        with _timed(spent, "lake"):
            update_lake(core.stores.events, home)
    finally:
        core.close()
    return report


def judge(
    home: Path,
    name: str,
    *,
    window: Window = Window(),
    seed: int = 0,
    seconds: Seconds | None = None,
    progress: Progress | None = None,
) -> RealReport:
    """The second half, on a lake that is there: learn before the split, rank after it.

    Raises ``NotFound`` for a lake without engagements, ``InvalidInput`` for one that is too short.
    """
    spent = seconds if seconds is not None else {}
    history = read_history(home)
    split = history.split()
    earlier, later = earlier_cuts(history, split, window), judged_cuts(history, split, window)
    tick = _ticker(progress, len(earlier) + len(later) + 1)
    with _timed(spent, "examples"):
        examples = taught(history, earlier, window, seed, tick)
    with _timed(spent, "training"):
        trees = learn(examples)
        tick()
    with _timed(spent, "judging"):
        judged = []
        for cut in later:
            judged.append(judge_window(trees, examples_of(history, cut, window.ms, seed=seed)))
            tick()
    gains = dict(zip(examples[0].names, trees.gains.tolist(), strict=True))
    return _report(name, history, window, judged, gains, spent, seed)


def _report(
    name: str,
    history: History,
    window: Window,
    judged: list[Judged],
    gains: dict[str, float],
    seconds: Seconds,
    seed: int,
) -> RealReport:
    first, split = judged[0].examples, history.split()
    one, every = compare_windows(judged[:1], seed=seed), compare_windows(judged, seed=seed)
    bound = candidate_recall(first)
    people, days = len(first.people), window.days
    total = sum(gains.values()) or 1.0
    return RealReport(
        dataset=name, split=split, window_days=days, people=people, targets=int(first.positives.sum()),
        candidate_recall=bound, friends_recall=friends_recall(history, split, window.ms)[0],
        table=table_of(
            f"{name}: what {people} people chose for the first time in the {days} days after the split",
            f"Mean with 95 % interval over people. No recall can pass {bound:.3f}, that of all candidates.",
            one,
        ),
        leads=leads_of(one, RANKED),
        later=table_of(
            f"{name}: {len(judged)} windows of {days} days after the split, same model",
            f"{sum(len(j.examples.people) for j in judged)} lists; the intervals resample people.",
            every,
        ),
        later_leads=leads_of(every, RANKED),
        gains={k: v / total for k, v in sorted(gains.items(), key=lambda item: -item[1])},
        seconds=dict(seconds),
    )  # fmt: skip


def _ticker(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    return tick


@contextmanager
def _timed(seconds: Seconds, stage: str) -> Iterator[None]:
    start = time.monotonic()
    try:
        yield
    finally:
        seconds[stage] = round(time.monotonic() - start, 1)
