"""The loop on imported histories, its first steps: load, lake, and the jobs as of each cut.

At a cut, everything is known of the time before it and nothing of the time after it. The figures are of a
model that has learned from cuts whose windows end at the split or before; nothing is tuned on what comes
after it. The model that serves has learned the same way up to the data's end.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.datasets.cuts import Cuts, Window
from pipelines.datasets.examples import choosers
from pipelines.datasets.named import read_dataset
from pipelines.discovery import job
from pipelines.discovery.history import History
from pipelines.importing import LoadReport, load_tables
from pipelines.spark.session import LOCAL, open_session

Progress = Callable[[int, int], None]
HALF_LIFE_DAYS = 180.0
"""Histories of years fade slower than a feed's days."""


def bring_in(
    home: Path, dataset: str, path: Path, *, set_name: str | None = None, progress: Progress | None = None
) -> LoadReport:
    """The raw folder through the feed core's services. May run again: what is loaded is not loaded twice.

    Raises what ``read_dataset`` raises, before anything is written.
    """
    tables = read_dataset(dataset, path, set_name)
    clock = SetClock(0)
    core = FeedCore.open(home, clock=clock)
    try:
        source = "-".join(filter(None, (dataset, set_name)))
        return load_tables(core, tables, clock=clock, home=home, source=source, progress=progress)
    finally:
        core.close()


def run_jobs(
    home: Path, history: History, cuts: Cuts, window: Window, end: int, *, master: str = LOCAL, seed: int = 0,
    progress: Progress | None = None,
) -> None:  # fmt: skip
    """What the platform knows as of each cut, and of ``end`` (ms): statistics, tastes, tags, discoveries.

    Tastes are worked out at every cut; what people may discover is written for everybody as of ``end``, and
    as of the split for those whom the report judges.
    """
    from pipelines.spark import cf, stats, tags

    tell = progress or (lambda _done, _total: None)
    spark = open_session(home, master=master)
    stats.run(spark, home, as_of=end)
    tell(1, 5)
    tastes = cf.CfSettings(half_life_days=HALF_LIFE_DAYS, max_age_days=0)
    factors_alone = structs.replace(tastes, candidates=0, neighbours=0)
    cf.run(spark, home, as_ofs=(*cuts.earlier, *cuts.later), settings=factors_alone)
    tell(2, 5)
    cf.run(spark, home, as_ofs=[end], settings=tastes)
    tell(3, 5)
    tags.run(spark, home, as_ofs=[end], settings=tags.TagSettings(half_life_days=HALF_LIFE_DAYS))
    tell(4, 5)
    judged, _ = choosers(history, cuts.split, window.ms)
    job.run(home, as_ofs=[cuts.split], people=judged, history=history, seed=seed)
    job.run(home, as_ofs=[end], history=history, seed=seed)
    tell(5, 5)
