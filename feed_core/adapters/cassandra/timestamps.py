"""The write times that Cassandra resolves conflicts by: the last one wins."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timestamps:
    """Microseconds since 1970 UTC that strictly increase in this process, whatever the machine's clock does.

    A thread may take a stretch of its own instead: ``starting_at``.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()
        self._local = threading.local()

    def __call__(self) -> int:
        """The time of the next write."""
        given: int | None = getattr(self._local, "next", None)
        if given is not None:
            self._local.next = given + 1
            return given
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000)
            return self._last

    @contextmanager
    def starting_at(self, microseconds: int) -> Iterator[None]:
        """Writes of this thread inside are as old as ``microseconds`` and what follows it."""
        before = getattr(self._local, "next", None)
        self._local.next = microseconds
        try:
            yield
        finally:
            self._local.next = before
