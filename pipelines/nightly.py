"""The jobs of a home, in a process that stays: its Spark is warm, and what it has read is not read again."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from features.offline.publish import publish
from feed_core.ports.event_log import EventLog
from feed_core.settings import Settings
from pipelines.lake import Ends, ends_of, table_files, update_lake
from pipelines.loop import play_society, write_trends
from pipelines.profile import open_core
from pipelines.progress import Report
from pipelines.society.config import SocietyConfig
from pipelines.society.play import PlayReport
from pipelines.spark import daily, stats
from pipelines.spark.outputs import as_ofs_of
from pipelines.spark.pairs import PairHistory
from pipelines.spark.session import open_session

WAITS_FOR_OTHERS = 19
"""How nice the process is: people are served first, and the jobs take what is left of the machine."""
T = TypeVar("T")


class NightlyJobs:
    """The lake of ``home`` and the jobs over it; nights come in order."""

    def __init__(self, home: Path, settings: Settings, master: str, events: EventLog) -> None:
        self._home, self._settings, self._master, self._events = home, settings, master, events
        self._spark = open_session(home, master=master)
        self._history: PairHistory | None = None

    def night(self, as_of: int, ends: Ends | None = None, *, write: bool = True) -> None:
        """Bring the lake up to ``ends``, and read what engaged whom before midnight ``as_of`` (ms).

        With ``write``, tastes, tags and offline rows are made of it, unless they are there. Raises as
        ``update_lake``.
        """
        update_lake(self._events, self._home, ends=ends)
        if not table_files(self._home, "events"):
            return
        if not write:
            self._history = daily.pairs_until(self._spark, self._home, as_of=as_of, before=self._history)
        elif as_of not in as_ofs_of(self._home, "tags"):
            self._history = daily.refresh(self._spark, self._home, as_of=as_of, before=self._history).history
            publish(self._home)

    def statistics(self, as_of: int) -> None:
        """Count everything that happened before ``as_of`` (ms)."""
        stats.run(self._spark, self._home, as_of=as_of)

    def trends(self, windows_ms: tuple[int, ...]) -> None:
        """Write the trends of windows of these lengths, up to the newest event."""
        write_trends(self._home, windows_ms=windows_ms, master=self._master, settings=self._settings)


class Jobs(Protocol):
    """A ``Beside`` over ``nightly_jobs``."""

    def begin(self, task: Callable[[NightlyJobs], object]) -> None: ...

    def wait(self) -> object: ...

    def ask(self, task: Callable[[NightlyJobs], object]) -> object: ...


@contextmanager
def nightly_jobs(
    home: Path, settings: Settings, master: str
) -> Iterator[Callable[[Callable[[NightlyJobs], T]], T]]:
    """What does the tasks of a ``Beside``, over the event log and the lake of ``home``."""
    os.nice(WAITS_FOR_OTHERS)
    with closing(open_core(home, settings)) as core:
        jobs = NightlyJobs(home, settings, master, core.stores.events)
        yield lambda task: task(jobs)


def play_nightly(
    home: Path, config: SocietyConfig, seed: int, jobs: Jobs, as_ofs: Collection[int],
    progress: Report | None = None, *, settings: Settings,
) -> PlayReport:  # fmt: skip
    """``play_society``, each midnight of which begins a night of ``jobs``; those of ``as_ofs`` (ms) write."""

    def at_midnight(now: int, events: EventLog) -> None:
        if now > config.start_ms:
            jobs.begin(partial(NightlyJobs.night, as_of=now, ends=ends_of(events), write=now in as_ofs))

    report = play_society(home, config, seed, progress, settings=settings, at_midnight=at_midnight)
    jobs.wait()
    return report
