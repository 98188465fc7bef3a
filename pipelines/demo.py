"""The demo on a simulated society: the whole loop, stage by stage, with what it measured."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from feed_core.model.clock import DAY, HOUR, SystemClock, to_rfc3339
from feed_core.settings import Settings
from pipelines.beside import Beside
from pipelines.journal import Journal
from pipelines.lake import lake_days
from pipelines.loop import fill_lake, midnights, serve_features, train_and_compile
from pipelines.measured import heads_table, offline_table
from pipelines.nightly import Jobs, NightlyJobs, nightly_jobs, play_nightly
from pipelines.profile import mlflow_url, settings_of
from pipelines.progress import Report as Progress
from pipelines.progress import bar
from pipelines.report import Report, Table, read_report, write_report
from pipelines.run_on_servers import RunOnServers
from pipelines.society.config import SocietyConfig
from training import promote

ONCE = frozenset({"play", "closed loop"})
"""Stages that change the stores: when one is interrupted, the home starts afresh."""
LOOP_DAYS = 7
T = TypeVar("T")


class Demo:
    """One run of the demo over ``home``: the days of ``config``, then ``loop_days`` of the closed loop.

    With the servers of ``settings`` the feed core, the event log, the online rows and the registry are
    there. Raises ``Conflict`` when they hold something else than a run of this home.
    """

    def __init__(
        self, home: Path, config: SocietyConfig, seed: int, master: str, *, fresh: bool,
        settings: Settings | None = None, loop_days: int = LOOP_DAYS,
    ) -> None:  # fmt: skip
        self._loop_days = loop_days
        self._home, self._config, self._seed, self._master = home, config, seed, master
        self._settings = settings or settings_of("embedded")
        self._journal = self._begin(fresh)
        self._until = config.start_ms + config.days * DAY
        self._report = read_report(home) if self._journal.seconds else Report(title="", created_at="")

    def _begin(self, fresh: bool) -> Journal:
        """What the home has finished, which counts only where the servers hold its run."""
        key, servers = f"society {self._config} seed {self._seed}", self._settings.servers
        if self._loop_days != LOOP_DAYS:
            key += f" then {self._loop_days} days"
        if servers is None:
            return Journal(self._home, key, ONCE, fresh=fresh)
        run = RunOnServers(self._home, servers)
        journal = Journal(self._home, f"{key} on servers", ONCE, fresh=fresh or not run.is_there())
        if not journal.done("play"):
            run.begin()
        return journal

    def run(self) -> Report:
        """Do every stage that is not done; answers the report, which is in ``home``/report.json too."""
        with closing(Beside(nightly_jobs, self._home, self._settings, self._master)) as jobs:
            self._run(jobs)
        return self._report

    def _run(self, jobs: Jobs) -> None:
        home, there = self._home, self._settings
        nights = midnights(self._until, max(1, self._config.days // 2))
        self._stage(
            "play",
            lambda progress: play_nightly(
                home, self._config, self._seed, jobs, nights, progress, settings=there
            ),
        )
        self._stage("lake", lambda progress: fill_lake(home, progress, settings=there))
        self._stage("jobs", lambda progress: self._jobs(jobs, nights, progress))
        self._stage("features", lambda progress: serve_features(home, self._until, progress, settings=there))
        self._stage("train", self._train)
        self._stage("closed loop", lambda progress: self._closed_loop(jobs, progress))
        self._stage("trends", lambda _: jobs.ask(partial(NightlyJobs.trends, windows_ms=(HOUR, DAY))))

    def _jobs(self, jobs: Jobs, nights: list[int], progress: Progress) -> None:
        """The nights that the play has not written, and the last midnight's counts."""
        tasks = [partial(NightlyJobs.night, as_of=night) for night in nights]
        tasks.append(partial(NightlyJobs.statistics, as_of=self._until))
        for done, task in enumerate(tasks, 1):
            jobs.ask(task)
            progress(done, len(tasks))

    def _stage(self, name: str, work: Callable[[Progress], T]) -> None:
        if self._journal.done(name):
            return
        with bar(name) as progress:
            self._journal.run(name, lambda: work(progress))
        self._write(self._report.tables)

    def _train(self, progress: Progress) -> None:
        days = max(1, self._config.days // 2 - 1)
        report = train_and_compile(
            self._home, as_of=self._until, days=days, seed=self._seed, progress=progress,
            settings=self._settings,
        )  # fmt: skip
        promote(self._home, mlflow_url=mlflow_url(self._settings))
        self._write((offline_table(report.comparison), heads_table(report.heads)))

    def _closed_loop(self, jobs: Jobs, progress: Progress) -> None:
        from pipelines.society.closed_loop.run import run_closed_loop

        played = run_closed_loop(
            self._home, jobs, days=self._loop_days, progress=progress, settings=self._settings
        )
        self._report = structs.replace(self._report, timelines=played.timelines)
        self._write((played.table, *self._report.tables))

    def _write(self, tables: tuple[Table, ...]) -> None:
        self._report = Report(
            title=f"A society of {self._config.people:,} people, {self._config.days + self._loop_days} days",
            created_at=to_rfc3339(SystemClock().now()),
            tables=tables,
            seconds=dict(self._journal.seconds),
            counts={"people": self._config.people, "days_in_lake": len(lake_days(self._home))},
            timelines=self._report.timelines,
        )
        write_report(self._home, self._report)
