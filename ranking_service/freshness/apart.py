"""Follows the event log in a process of its own: counting keeps no answer waiting for the interpreter."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from features.online import open_online
from feed_core.api.logs import configure_logs
from feed_core.model.clock import Clock
from feed_core.model.errors import LoupeError
from feed_core.model.servers import Servers
from feed_core.stores import open_events
from ranking_service.freshness.freshness import EVERY_SECONDS, Freshness
from ranking_service.memory.database import open_memory
from ranking_service.memory.served import ServedPosts

_log = structlog.get_logger("loupe.freshness")
_STOPPING_S = 0.2
BEHIND = 10
"""Steps of courtesy (man nice): each look counts a burst of events while answers are waited for."""


class FreshnessApart:
    """``Following`` for a service on ``servers``, whose rows other processes write as well as this one.

    The process ends with its owner, whatever happens to that; when it ends by itself it is started again.
    """

    def __init__(self, home: Path, servers: Servers, clock: Clock) -> None:
        self.restored, self.problem = False, ""
        self._given = home, servers, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loupe-freshness", daemon=True)

    def start(self) -> None:
        """See ``Following``."""
        self._thread.start()

    def stop(self) -> None:
        """See ``Following``."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            spawn = get_context("spawn")  # nothing of the service's threads, locks and connections
            line, theirs = spawn.Pipe()
            process = spawn.Process(target=_follow, args=(theirs, *self._given), daemon=True)
            process.start()
            theirs.close()
            with closing(line), suppress(EOFError, ConnectionError):
                self._listen(line)
            process.join()
            if not self._stop.is_set() and process.exitcode:
                self.problem = f"the process that follows it ended with {process.exitcode}"
                _log.error("the process that follows the event log ended", exit_code=process.exitcode)
            self._stop.wait(EVERY_SECONDS)

    def _listen(self, line: Connection) -> None:
        while not self._stop.is_set():
            if line.poll(_STOPPING_S):
                restored, self.problem = line.recv()
                self.restored |= restored


def _follow(line: Connection, home: Path, servers: Servers, clock: Clock) -> None:
    """Look once a second, and say how it went, until nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(BEHIND)
    configure_logs()
    with suppress(BrokenPipeError):
        try:
            _look_until_left(line, home, servers, clock)
        except LoupeError as error:  # such as a server that does not answer
            line.send((False, str(error)))


def _look_until_left(line: Connection, home: Path, servers: Servers, clock: Clock) -> None:
    with _opened(home, servers, clock) as freshness:
        while True:
            freshness.look()
            line.send((freshness.restored, freshness.problem))
            if line.poll(EVERY_SECONDS):
                return


@contextmanager
def _opened(home: Path, servers: Servers, clock: Clock) -> Iterator[Freshness]:
    with (
        open_events(servers) as events,
        closing(open_online(servers.redis_url)) as online,
        closing(open_memory(home)) as memory,
    ):
        yield Freshness(events, clock, online, ServedPosts(memory))
