"""The demo on a simulated society: the whole loop, stage by stage, with what it measured."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from feed_core.model.clock import DAY, HOUR, SystemClock, to_rfc3339
from pipelines.journal import Journal
from pipelines.lake import lake_days
from pipelines.loop import (
    fill_lake,
    midnights,
    play_society,
    run_jobs,
    serve_features,
    train_and_compile,
    write_trends,
)
from pipelines.measured import heads_table, offline_table
from pipelines.progress import Report as Progress
from pipelines.progress import bar
from pipelines.report import Report, Table, read_report, write_report
from pipelines.society.config import SocietyConfig
from training import promote

ONCE = frozenset({"play", "closed loop"})
"""Stages that change the stores: when one is interrupted, the home starts afresh."""
_LOOP_DAYS = 7
T = TypeVar("T")


class Demo:
    """One run of the demo over ``home``; ``days`` of play, then seven days of the closed loop."""

    def __init__(self, home: Path, config: SocietyConfig, seed: int, master: str, *, fresh: bool) -> None:
        key = f"society {config} seed {seed}"
        self._home, self._config, self._seed, self._master = home, config, seed, master
        self._journal = Journal(home, key, ONCE, fresh=fresh)
        self._until = config.start_ms + config.days * DAY
        self._report = read_report(home) if self._journal.seconds else Report(title="", created_at="")

    def run(self) -> Report:
        """Do every stage that is not done; answers the report, which is in ``home``/report.json too."""
        home, config = self._home, self._config
        self._stage("play", lambda progress: play_society(home, config, self._seed, progress))
        self._stage("lake", lambda progress: fill_lake(home, progress))
        snapshots = midnights(self._until, max(1, config.days // 2))
        self._stage(
            "jobs", lambda progress: run_jobs(home, snapshots, master=self._master, progress=progress)
        )
        self._stage("features", lambda progress: serve_features(home, self._until, progress))
        self._stage("train", self._train)
        self._stage("closed loop", self._closed_loop)
        self._stage("trends", self._trends)
        return self._report

    def _stage(self, name: str, work: Callable[[Progress], T]) -> None:
        if self._journal.done(name):
            return
        with bar(name) as progress:
            self._journal.run(name, lambda: work(progress))
        self._write(self._report.tables)

    def _train(self, progress: Progress) -> None:
        days = max(1, self._config.days // 2 - 1)
        report = train_and_compile(
            self._home, as_of=self._until, days=days, seed=self._seed, progress=progress
        )
        promote(self._home)
        self._write((offline_table(report.comparison), heads_table(report.heads)))

    def _closed_loop(self, progress: Progress) -> None:
        from pipelines.society.closed_loop.run import run_closed_loop
        from pipelines.spark.session import open_session

        spark = open_session(self._home, master=self._master)
        table = run_closed_loop(self._home, spark, days=_LOOP_DAYS, progress=progress)
        self._write((table, *self._report.tables))

    def _trends(self, progress: Progress) -> None:
        write_trends(self._home, windows_ms=(HOUR, DAY), master=self._master, progress=progress)

    def _write(self, tables: tuple[Table, ...]) -> None:
        self._report = Report(
            title=f"A society of {self._config.people:,} people, {self._config.days + _LOOP_DAYS} days",
            created_at=to_rfc3339(SystemClock().now()),
            tables=tables,
            seconds=dict(self._journal.seconds),
            counts={"people": self._config.people, "days_in_lake": len(lake_days(self._home))},
        )
        write_report(self._home, self._report)
