"""Runs the workers in a process of their own: the log is looked at again and again until told to stop."""

import threading

import structlog

from feed_core.core import FeedCore
from feed_core.workers.archive import EVERY_MS

_log = structlog.get_logger("loupe.workers")
IDLE_S, RETRY_S = 0.05, 1.0


def work(core: FeedCore, stop: threading.Event) -> None:
    """Take what the log holds, once an hour let go what is past its time; a failure is tried again.

    Several processes may do so at once: each takes the partitions that are its own.
    """
    archived_at = -EVERY_MS
    while not stop.is_set():
        pause = IDLE_S
        try:
            core.drain()
            now = core.clock.now()
            if not 0 <= now - archived_at < EVERY_MS:
                core.archive.run()
                archived_at = now
        except Exception:
            _log.exception("workers failed", retry_seconds=RETRY_S)
            pause = RETRY_S
        stop.wait(pause)
