"""Work in a process of its own, beside what its owner does: on machines with more than one core."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from feed_core.model.errors import Unavailable
from pipelines.terminal import quiet_terminal

Work = Callable[[Any], object]


class Beside:
    """``begin`` hands a task over (anything that can be pickled), ``wait`` waits until it is done and gives
    what came of it (the same); ``ask`` is both. Safe to use from many threads: they take turns.

    ``opened``, a function of a module, is called in the process with ``given`` when there is a first task;
    it gives what does the tasks as a context. The process ends when its owner does, whatever happens.
    """

    def __init__(self, opened: Callable[..., AbstractContextManager[Work]], *given: Any) -> None:
        spawn = get_context("spawn")  # nothing of the owner's threads, locks and connections
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(theirs, opened, given), daemon=True)
        self._process.start()
        theirs.close()
        self._begun = False
        self._turn = threading.RLock()

    def begin(self, task: Any) -> None:
        """Begin ``task`` once the one before is done; raises as ``wait``."""
        with self._turn:
            self.wait()
            with suppress(ConnectionError):  # said by wait
                self._line.send(task)
            self._begun = True

    def wait(self) -> Any:
        """What came of the task that was begun last, None where nobody began one since the last wait.

        Raises what the work raised, and ``Unavailable`` when its process has ended.
        """
        with self._turn:
            if not self._begun:
                return None
            self._begun = False
            try:
                result, error = self._line.recv()
            except (EOFError, ConnectionError) as gone:
                raise Unavailable(
                    "A process that works beside this one has ended.",
                    fix="See what it printed, and run this again.",
                ) from gone
        if error is not None:
            raise error
        return result

    def ask(self, task: Any) -> Any:
        """What comes of ``task``; raises as ``wait``."""
        with self._turn:
            self.begin(task)
            return self.wait()

    def close(self) -> None:
        """End the process after what it has begun; raises as ``wait``."""
        try:
            self.wait()
        finally:
            self._line.close()
            self._process.join()


def _work(
    line: Connection, opened: Callable[..., AbstractContextManager[Work]], given: tuple[Any, ...]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, with whom this ends
    quiet_terminal()
    tasks = _tasks(line)
    for first in tasks:
        with opened(*given) as work:
            for task in chain([first], tasks):
                line.send(_outcome(work, task))


def _tasks(line: Connection) -> Iterator[Any]:
    with suppress(EOFError):
        while True:
            yield line.recv()


def _outcome(work: Work, task: Any) -> tuple[object, Exception | None]:
    try:
        return work(task), None
    except Exception as error:
        return None, error
