"""The loop on imported histories, its first steps: load, lake, and the jobs as of each cut.

At a cut, everything is known of the time before it and nothing of the time after it. The figures are of a
model that has learned from cuts whose windows end at the split or before; nothing is tuned on what comes
after it. The model that serves has learned the same way up to the data's end.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.datasets.cuts import Cuts, Window
from pipelines.datasets.examples import choosers
from pipelines.datasets.named import read_dataset
from pipelines.discovery import job
from pipelines.discovery.history import History
from pipelines.fading import OF_CHOICES
from pipelines.importing import LoadReport, load_tables
from pipelines.spark.outputs import dated_folder
from pipelines.spark.session import LOCAL, open_session

Progress = Callable[[int, int], None]


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
    make_factors(home, (*cuts.earlier, *cuts.later), master=master)
    tell(2, 5)
    cf.run(spark, home, as_ofs=[end], settings=cf.CfSettings(**OF_CHOICES._asdict()))
    tell(3, 5)
    tags.run(spark, home, as_ofs=[end], settings=tags.TagSettings(half_life_days=OF_CHOICES.half_life_days))
    tell(4, 5)
    judged, _ = choosers(history, cuts.split, window.ms)
    job.run(home, as_ofs=[cuts.split], people=judged, history=history, seed=seed)
    job.run(home, as_ofs=[end], history=history, seed=seed)
    tell(5, 5)


def make_factors(
    home: Path, cuts: Sequence[int], *, master: str = LOCAL, progress: Progress | None = None
) -> None:
    """The cf job's factors as of each of ``cuts`` (ms) for which there are none."""
    from pipelines.spark import cf

    missing = [cut for cut in cuts if not dated_folder(home, "cf", cut).is_dir()]
    if missing:
        settings = cf.CfSettings(**OF_CHOICES._asdict(), candidates=0, neighbours=0)
        cf.run(open_session(home, master=master), home, as_ofs=missing, settings=settings, progress=progress)
