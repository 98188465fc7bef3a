"""Work in a process of its own, beside what its owner does: on machines with more than one core."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from feed_core.model.errors import Unavailable
from pipelines.terminal import quiet_terminal

Work = Callable[[Any], object]


class Beside:
    """``begin`` hands a task over (anything that can be pickled), ``wait`` waits until all are done and gives
    what came of the last (the same); ``ask`` is both. Safe to use from many threads: they take turns.

    The process starts with the first task. ``opened``, a function of a module, is called in it with ``given``
    and gives what does the tasks as a context. It ends when its owner does, whatever happens.
    """

    def __init__(self, opened: Callable[..., AbstractContextManager[Work]], *given: Any) -> None:
        self._opened, self._given = opened, given
        self._started: tuple[Connection, SpawnProcess] | None = None
        self._under_way = 0
        self._turn = threading.RLock()

    def begin(self, task: Any) -> None:
        """Have ``task`` done after those before it; raises as ``wait`` for one that has failed by now."""
        with self._turn:
            while self._under_way and self._line().poll():
                self._receive()
            with suppress(ConnectionError):  # said by wait
                self._line().send(task)
            self._under_way += 1

    def wait(self) -> Any:
        """What came of the task that was begun last, None where nobody began one since the last wait.

        Raises what the work raised, and ``Unavailable`` when its process has ended.
        """
        with self._turn:
            result = None
            while self._under_way:
                result = self._receive()
            return result

    def ask(self, task: Any) -> Any:
        """What comes of ``task``; raises as ``wait``."""
        with self._turn:
            self.begin(task)
            return self.wait()

    def close(self) -> None:
        """End the process after all that was begun; raises the first failure that nobody was told."""
        try:
            self.wait()
        except Exception:
            self._drain()
            raise
        finally:
            if self._started is not None:
                line, process = self._started
                line.close()
                process.join()

    def _drain(self) -> None:
        """Take what is left: a line that is closed with something unread is cut off, tasks on it are lost."""
        while self._under_way:
            with suppress(Exception):  # an earlier failure is on its way to the owner
                self._receive()

    def _receive(self) -> Any:
        self._under_way -= 1
        try:
            result, error = self._line().recv()
        except (EOFError, ConnectionError) as gone:
            raise Unavailable(
                "A process that works beside this one has ended.",
                fix="See what it printed, and run this again.",
            ) from gone
        if error is not None:
            raise error
        return result

    def _line(self) -> Connection:
        """The line to the process, which starts when there is none."""
        if self._started is None:
            spawn = get_context("spawn")  # nothing of the owner's threads, locks and connections
            line, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(theirs, self._opened, self._given), daemon=True)
            process.start()
            theirs.close()
            self._started = (line, process)
        return self._started[0]


def _work(
    line: Connection, opened: Callable[..., AbstractContextManager[Work]], given: tuple[Any, ...]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, with whom this ends
    quiet_terminal()
    with ExitStack() as stack:
        work = _open(stack, opened, given)
        with suppress(BrokenPipeError):  # nobody waits any more
            for task in _tasks(line):
                line.send(_outcome(work, task))


def _open(
    stack: ExitStack, opened: Callable[..., AbstractContextManager[Work]], given: tuple[Any, ...]
) -> Work:
    """What does the tasks; where that cannot be opened, each of them fails with the reason."""

    def fail(_task: Any) -> object:
        raise reason

    try:
        return stack.enter_context(opened(*given))
    except Exception as error:
        reason = error
        return fail


def _tasks(line: Connection) -> Iterator[Any]:
    with suppress(EOFError, ConnectionResetError):  # the latter from an owner that ended with results unread
        while True:
            yield line.recv()


def _outcome(work: Work, task: Any) -> tuple[object, Exception | None]:
    try:
        return work(task), None
    except Exception as error:
        return None, error
