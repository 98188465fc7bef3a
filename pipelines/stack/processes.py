"""Start a server that outlives this program, know it again later, and end it: never by its name."""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import psutil

from pipelines.json_files import read_json
from pipelines.stack.layout import write_private

_KEPT = ("PATH", "HOME", "LANG", "JAVA_HOME", "MAVEN_OPTS", "MAVEN_ARGS")
"""What a server or tool sees of the caller's environment."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """How a server is started. ``user`` is whom to become first; ``timer_slack_us`` is how much later than
    asked for its threads may be woken, 0 for as the system has it."""

    arguments: Sequence[str]
    folder: Path
    user: str | None = None
    environment: Mapping[str, str] = {}
    timer_slack_us: int = 0


class Started(msgspec.Struct, frozen=True):
    """A process that was started: its id, and when it began, because ids are given out again."""

    pid: int
    began: float


def start(command: Command, log: Path, record: Path) -> Started:
    """Start it in a session of its own, its output appended to ``log``, and write down what was started."""
    with log.open("ab") as out, _timer_slack(command.timer_slack_us):
        process = subprocess.Popen(  # noqa: S603
            list(command.arguments), cwd=command.folder, env=_environment(command),
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            user=command.user, group=command.user, extra_groups=None if command.user is None else [],
        )  # fmt: skip
    started = Started(process.pid, psutil.Process(process.pid).create_time())
    write_private(record, msgspec.json.encode(started))
    _abandoned.append(process)
    return started


def run(command: Command, within: float = 600) -> subprocess.CompletedProcess[str]:
    """Run it to its end, at most ``within`` seconds; what it said is in ``stdout``."""
    return subprocess.run(  # noqa: S603
        list(command.arguments), cwd=command.folder, env=_environment(command), text=True, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=within,
        user=command.user, group=command.user, extra_groups=None if command.user is None else [],
    )  # fmt: skip


@contextmanager
def _timer_slack(slack_us: int) -> Iterator[None]:
    """Within the block, what this thread starts inherits that slack; see proc(5), timerslack_ns."""
    if not slack_us:
        yield
        return
    mine = Path(f"/proc/{threading.get_native_id()}/timerslack_ns")
    before = mine.read_text()
    mine.write_text(str(slack_us * 1_000))
    try:
        yield
    finally:
        mine.write_text(before)


def _environment(command: Command) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **command.environment}


_abandoned: list[subprocess.Popen[bytes]] = []
"""Kept, so that Python neither waits for them at its end nor warns about them."""


def running(record: Path) -> psutil.Process | None:
    """The process that ``record`` tells of, if it still is that one and has not ended.

    Raises ``Corrupt`` for a record that cannot be read: whether the process runs is then not known.
    """
    if not record.exists():
        return None
    fix = "End that server by hand if it still runs, then delete the file."
    started = read_json(record, Started, fix=fix)
    try:
        process = psutil.Process(started.pid)
        if process.create_time() != started.began or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


def end(process: psutil.Process, how: signal.Signals = signal.SIGTERM, *, within: float = 60) -> bool:
    """Ask it to end; kill it after ``within`` seconds. Whether it ended by itself."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(how)
        if ends(process.pid, within):
            return True
        process.kill()
        ends(process.pid, within)
        return False
    return True


def ends(pid: int, within: float) -> bool:
    """Whether this process ends within so many seconds. One that nobody has collected yet has ended, too."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ending = select.poll()
        ending.register(handle, select.POLLIN)
        return bool(ending.poll(within * 1_000))
    finally:
        os.close(handle)


def end_all_in(folder: Path) -> None:
    """Kill at once every process without a terminal that works in ``folder`` or below it, as servers do."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.terminal() is None and Path(process.cwd()).is_relative_to(folder):
                process.kill()
                ends(process.pid, 10)


def memory(process: psutil.Process) -> int:
    """Bytes of memory it and its children hold; what several share is counted once (proportional)."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
