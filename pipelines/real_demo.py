"""The demo on real data: load, lake, jobs, features, learn before the split, rank after it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from feed_core.model.clock import DAY, SystemClock, to_rfc3339
from pipelines.datasets.real_loop import bring_in, judge
from pipelines.datasets.real_report import Lead, RealReport
from pipelines.journal import Journal
from pipelines.loop import newest_midnight, run_jobs, serve_features
from pipelines.progress import Report as Progress
from pipelines.progress import bar
from pipelines.report import Metric, Report, Row, Table, read_report, write_report

ONCE: frozenset[str] = frozenset()
"""Loading goes on where it stopped, so nothing needs a fresh start."""
_WINDOW = 30 * DAY
_HALF_LIFE_DAYS = 180.0
"""Histories of years fade slower than a feed's days."""
T = TypeVar("T")


class RealDemo:
    """One run of the demo over ``home`` with data set ``data`` from folder ``path``."""

    def __init__(
        self, home: Path, data: str, path: Path, set_name: str, seed: int, master: str, *, fresh: bool
    ) -> None:  # fmt: skip
        self._home, self._data, self._path, self._set = home, data, path, set_name or None
        self._seed, self._master = seed, master
        self._name = " ".join(filter(None, (data, set_name)))
        self._journal = Journal(home, f"{self._name} seed {seed}", ONCE, fresh=fresh)

    def run(self) -> Report:
        """Do every stage that is not done; answers the report, which is in ``home``/report.json too."""
        self._stage(
            "load", lambda p: bring_in(self._home, self._data, self._path, set_name=self._set, progress=p)
        )
        self._stage(
            "jobs",
            lambda p: run_jobs(
                self._home,
                [newest_midnight(self._home)],
                master=self._master,
                half_life_days=_HALF_LIFE_DAYS,
                max_age_days=0,
                progress=p,
            ),
        )
        self._stage("features", lambda p: serve_features(self._home, newest_midnight(self._home), p))
        self._stage("trends", self._trends)
        judged = self._stage(
            "learn and rank", lambda p: judge(self._home, self._name, seed=self._seed, progress=p)
        )
        if judged is not None:
            write_report(self._home, self._report(judged))
        return read_report(self._home)

    def _stage(self, name: str, work: Callable[[Progress], T]) -> T | None:
        if self._journal.done(name):
            return None
        with bar(name) as progress:
            return self._journal.run(name, lambda: work(progress))

    def _trends(self, progress: Progress) -> None:
        from pipelines.spark import trends
        from pipelines.spark.session import open_session

        settings = trends.TrendSettings(look_back_days=360)
        spark = open_session(self._home, master=self._master)
        trends.run(spark, self._home, windows_ms=(_WINDOW,), settings=settings, progress=progress)

    def _report(self, judged: RealReport) -> Report:
        return Report(
            title=f"{self._name}: {judged.people} people, {judged.targets} targets; candidates reach "
            f"{judged.candidate_recall:.1%} of them, friends alone {judged.friends_recall:.1%}",
            created_at=to_rfc3339(SystemClock().now()),
            tables=(
                judged.table,
                _lead_table("Ranked ahead of each, same people", judged.leads),
                judged.later,
                _lead_table("Ranked ahead of each, all later windows", judged.later_leads),
            ),
            seconds=dict(self._journal.seconds),
            counts={"people": judged.people, "targets": judged.targets},
        )


def _lead_table(title: str, leads: tuple[Lead, ...]) -> Table:
    """The paired differences as a table of the report."""
    metrics = tuple(
        Metric(
            name=metric,
            rows=tuple(
                Row(name=lead.over, mean=lead.mean, low=lead.low, high=lead.high)
                for lead in leads
                if lead.metric == metric
            ),
        )
        for metric in dict.fromkeys(lead.metric for lead in leads)
    )
    note = "Differences on the same people; an interval above 0 is a lead that chance does not explain."
    return Table(title=title, note=note, metrics=metrics)
