"""The demo on real data: the loop of the society's demo on what people did, learned before a split."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from feed_core.model.clock import DAY, SystemClock, to_rfc3339
from pipelines.datasets.cuts import Cuts, Window, cuts_of, window_of
from pipelines.datasets.judging import judge
from pipelines.datasets.learning import learn_choices
from pipelines.datasets.real_loop import bring_in, run_jobs
from pipelines.datasets.real_report import Lead, RealReport
from pipelines.discovery.history import History, read_history
from pipelines.journal import Journal
from pipelines.loop import fill_lake, newest_midnight, serve_features, write_trends
from pipelines.progress import Report as Progress
from pipelines.progress import bar
from pipelines.report import Metric, Report, Row, Table, read_report, write_report
from training import promote

ONCE: frozenset[str] = frozenset()
"""Loading goes on where it stopped, so nothing needs a fresh start."""
_TREND_WINDOW = 30 * DAY
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
        self._stage("load", self._load)
        self._stage("lake", lambda p: fill_lake(self._home, p))
        self._stage("jobs", self._jobs)
        self._stage("features", lambda p: serve_features(self._home, self._end, p))
        self._stage("learn", self._learn)
        self._stage("trends", self._trends)
        return read_report(self._home)

    def _stage(self, name: str, work: Callable[[Progress], T]) -> None:
        if self._journal.done(name):
            return
        with bar(name) as progress:
            self._journal.run(name, lambda: work(progress))
        if self._journal.done("learn"):
            report = read_report(self._home)
            write_report(self._home, structs.replace(report, seconds=dict(self._journal.seconds)))

    @cached_property
    def _history(self) -> History:
        return read_history(self._home)

    @cached_property
    def _window(self) -> Window:
        return window_of(self._history)

    @cached_property
    def _cuts(self) -> Cuts:
        return cuts_of(self._history, self._window)

    @property
    def _end(self) -> int:
        return newest_midnight(self._home)

    def _load(self, progress: Progress) -> None:
        bring_in(self._home, self._data, self._path, set_name=self._set, progress=progress)

    def _jobs(self, progress: Progress) -> None:
        run_jobs(
            self._home, self._history, self._cuts, self._window, self._end, master=self._master,
            seed=self._seed, progress=progress,
        )  # fmt: skip

    def _learn(self, progress: Progress) -> None:
        """Learn, promote what has learned most, and report on the model that stopped at the split."""
        home, cuts, window, seed = self._home, self._cuts, self._window, self._seed
        lesson = learn_choices(home, self._history, cuts, window, seed=seed, progress=progress)
        promote(home, lesson.trained.served.version, force=True)
        version = lesson.trained.judged.version
        judged = judge(home, self._name, self._history, lesson.known, cuts, version, window, seed=seed)
        write_report(home, _report(self._name, judged))

    def _trends(self, progress: Progress) -> None:
        write_trends(
            self._home, windows_ms=(_TREND_WINDOW,), look_back_days=360, master=self._master,
            progress=progress,
        )  # fmt: skip


def _report(name: str, judged: RealReport) -> Report:
    return Report(
        title=f"{name}: {judged.people} people, {judged.targets} targets; candidates reach "
        f"{judged.candidate_recall:.1%} of them, friends alone {judged.friends_recall:.1%}",
        created_at=to_rfc3339(SystemClock().now()),
        tables=(
            judged.table,
            _lead_table("Ranked ahead of each, same people", judged.leads),
            judged.later,
            _lead_table("Ranked ahead of each, all later windows", judged.later_leads),
        ),
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
