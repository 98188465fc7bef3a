"""Runs the workers behind the API: woken by writes, at rest otherwise."""

import threading

import structlog

from feed_core.core import FeedCore
from feed_core.workers.archive import EVERY_MS
from feed_core.workers.workers import PACE_S

_log = structlog.get_logger("loupe.workers")
_RETRY_SECONDS = 1.0


class Drainer:
    """One thread that drains the event log after each ``wake`` and lets go what is due once an hour; a
    failure is tried again."""

    def __init__(self, core: FeedCore) -> None:
        self._core = core
        self._changed = threading.Condition()
        self._archived_at = -EVERY_MS
        self._pending = True
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; it begins with whatever the log still holds."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="loupe-workers", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to drain; returns at once."""
        with self._changed:
            self._pending = True
            self._changed.notify()

    def stop(self) -> None:
        """Finish what was announced, then end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._wait():
            try:
                self._core.drain()
                self._archive()
                self._pause(PACE_S)
            except Exception:
                _log.exception("workers failed", retry_seconds=_RETRY_SECONDS)
                self._pause(_RETRY_SECONDS)
                with self._changed:
                    self._pending = not self._stopping

    def _archive(self) -> None:
        now = self._core.clock.now()
        if not 0 <= now - self._archived_at < EVERY_MS:
            self._core.archive.run()
            self._archived_at = now

    def _wait(self) -> bool:
        """Wait for work; False once stopping and nothing is pending."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._stopping, timeout=EVERY_MS / 1_000)
            if self._stopping and not self._pending:
                return False
            self._pending = False
            return True

    def _pause(self, seconds: float) -> None:
        """Unless stopping."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=seconds)


class DrainedElsewhere:
    """Stands for a ``Drainer`` where processes of their own run the workers (``loupe work``)."""

    running = True

    def start(self) -> None:
        """Nothing to start here."""

    def wake(self) -> None:
        """The workers look at the log themselves."""

    def stop(self) -> None:
        """Nothing to stop here."""
