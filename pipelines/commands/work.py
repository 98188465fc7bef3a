"""``loupe work``: the workers behind the feed API, in a process of their own."""

import signal
import threading

from feed_core.working import work as work_on
from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.profile import ProfileName, open_core, settings_of
from pipelines.progress import console


def work(home: Home = DEFAULT_HOME, profile: ProfileName = "production") -> None:
    """Run the workers until Ctrl-C: fan-out, counters, notifications, archive.

    They read the event log and may be ended at any moment: what was begun is done again, its effects
    happen once. Run it as often as there is work: each process takes partitions of its own. With the
    embedded profile loupe serve runs them itself.
    """
    import structlog

    structlog.reset_defaults()
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda _number, _frame: stop.set())
    core = open_core(home, settings_of(profile))
    console.print("Working · Ctrl-C ends", highlight=False)
    try:
        work_on(core, stop)
    finally:
        core.close()
