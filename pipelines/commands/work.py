"""``loupe work``: the workers behind the feed API, in a process of their own."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feed_core.model.clock import Clock
from feed_core.settings import Settings
from feed_core.working import work as work_on
from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.commands.serve import Now, clock_of
from pipelines.profile import ProfileName, open_core, settings_of
from pipelines.progress import console

BEHIND = 10
"""Steps of courtesy (man nice) by which the workers let the API go first where both want the same core: an
answer is waited for, a delivery may take seconds."""


def work(home: Home = DEFAULT_HOME, now: Now = "", profile: ProfileName = "production") -> None:
    """Run the workers until Ctrl-C: fan-out, counters, notifications, caches, archive, the nightly repair.

    They read the event log and may be ended at any moment: what was begun is done again, its effects
    happen once. Run it as often as there is work: each process takes partitions of its own. With the
    embedded profile loupe serve runs them itself.
    """
    import structlog

    structlog.reset_defaults()
    os.nice(BEHIND)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda _number, _frame: stop.set())
    settings = settings_of(profile)
    core = open_core(home, settings, clock=clock_of(home, now, settings))
    console.print("Working · Ctrl-C ends", highlight=False)
    try:
        work_on(core, stop)
    finally:
        core.close()


@contextmanager
def working(home: Path, clock: Clock, settings: Settings) -> Iterator[None]:
    """The workers in a thread of this process, for as long as the block runs."""
    core, stop = open_core(home, settings, clock=clock), threading.Event()
    thread = threading.Thread(target=work_on, args=(core, stop), name="loupe-workers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        core.close()
