"""Runs the workers in a process of their own: the log is looked at again and again until told to stop."""

import threading
import time

import structlog

from feed_core.core import FeedCore
from feed_core.workers.archive import EVERY_MS
from feed_core.workers.workers import PACE_S

_log = structlog.get_logger("loupe.workers")
RETRY_S, RECOVER_S = 1.0, 5.0
"""Looking for what crashes left behind asks every shard."""


def work(core: FeedCore, stop: threading.Event) -> None:
    """Take what the log holds, once an hour let go what is past its time, once a night repair what is off;
    a failure is tried again.

    Several processes may do so at once: each takes the partitions that are its own, and one repairs.
    """
    archived_at, recovered_at = -EVERY_MS, -RECOVER_S
    while not stop.is_set():
        began, pace = time.monotonic(), PACE_S
        try:
            if began - recovered_at >= RECOVER_S:
                core.stores.recover()
                recovered_at = began
            core.workers.turn()
            now = core.clock.now()
            if not 0 <= now - archived_at < EVERY_MS:
                core.archive.run()
                archived_at = now
            if core.nightly.due and core.workers.leads():
                core.nightly.step()
        except Exception:
            _log.exception("workers failed", retry_seconds=RETRY_S)
            pace = RETRY_S
        stop.wait(max(0.0, began + pace - time.monotonic()))
