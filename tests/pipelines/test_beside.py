"""Work beside its owner: in order, its failures told, and gone when the owner is."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
import structlog

from feed_core.model.errors import NotFound, Unavailable
from pipelines.beside import Beside
from tests.servers import wait_until

ROOT = Path(__file__).parents[2]
_OWNER = """
import sys
from pathlib import Path
from pipelines.beside import Beside
from tests.pipelines.test_beside import noting
if __name__ == "__main__":
    beside = Beside(noting, Path(sys.argv[1]))
    beside.begin(1)
    beside.wait()
    beside.begin(2)
    print("begun", flush=True)
    sys.stdin.read()
"""


@contextmanager
def noting(folder: Path) -> Iterator[Callable[[int], None]]:
    """Work that writes down each task and whose process it was; it does not like 0."""

    def note(task: int) -> None:
        if not task:
            raise NotFound("There is no such task.", fix="Name another.")
        with (folder / "tasks").open("a") as file:
            file.write(f"{task} ")

    (folder / "process").write_text(str(os.getpid()))
    yield note
    (folder / "ended").touch()


def test_what_is_begun_is_done_in_its_order_elsewhere(tmp_path: Path) -> None:
    children = psutil.Process().children()
    with closing(Beside(noting, tmp_path)) as beside:
        assert psutil.Process().children() == children, "nothing is started before it is needed"
        beside.begin(1)
        beside.wait()
        assert (tmp_path / "tasks").read_text() == "1 "
        beside.wait()
        beside.begin(2)
        beside.begin(3)
    assert (tmp_path / "tasks").read_text() == "1 2 3 "
    assert (tmp_path / "ended").exists()
    assert int((tmp_path / "process").read_text()) != os.getpid()


def test_a_failure_is_raised_to_whoever_waits_and_the_next_task_is_done(tmp_path: Path) -> None:
    with closing(Beside(noting, tmp_path)) as beside:
        beside.begin(0)
        with pytest.raises(NotFound, match="no such task") as raised:
            beside.wait()
        assert raised.value.fix == "Name another."
        beside.begin(4)
    assert (tmp_path / "tasks").read_text() == "4 "


def test_tasks_wait_in_line_and_the_first_failure_is_told_at_the_next(tmp_path: Path) -> None:
    with closing(Beside(noting, tmp_path)) as beside:
        for task in (1, 0, 2):
            beside.begin(task)
        wait_until(lambda: (tmp_path / "tasks").exists() and (tmp_path / "tasks").read_text() == "1 2 ")
        with pytest.raises(NotFound, match="no such task"):
            beside.begin(3)
        beside.begin(4)
        beside.wait()
    assert (tmp_path / "tasks").read_text() == "1 2 4 "


def test_a_failure_that_nobody_has_waited_for_is_told_at_the_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    beside = Beside(noting, tmp_path)
    for task in (0, 1, 0, 2):
        beside.begin(task)
    with pytest.raises(NotFound, match="no such task"):
        beside.close()
    assert (tmp_path / "tasks").read_text() == "1 2 "
    assert (tmp_path / "ended").exists()
    assert "Traceback" not in capfd.readouterr().err


@contextmanager
def shut() -> Iterator[Callable[[int], None]]:
    """Work that cannot be begun."""
    raise NotFound("There is no champion.", fix="Run: loupe promote.")
    yield


def test_why_it_cannot_be_opened_is_said_to_everyone_who_asks() -> None:
    with closing(Beside(shut)) as beside:
        for task in (1, 2):
            with pytest.raises(NotFound, match="no champion") as raised:
                beside.ask(task)
            assert raised.value.fix == "Run: loupe promote."


@contextmanager
def doubling() -> Iterator[Callable[[int], int]]:
    """Work that something comes of."""
    yield lambda task: 2 * task


def test_what_came_of_a_task_is_given_once_to_whoever_waits() -> None:
    with closing(Beside(doubling)) as beside:
        assert beside.ask(4) == 8
        assert beside.wait() is None
        beside.begin(5)
        assert beside.wait() == 10
        beside.begin(6)
        assert beside.ask(7) == 14, "what nobody waited for is passed over"


@contextmanager
def saying() -> Iterator[Callable[[str], None]]:
    """Work that logs news and a warning."""

    def say(what: str) -> None:
        log = structlog.get_logger("loupe.test")
        log.info("news", of=what)
        log.warning("trouble", of=what)

    yield say


def test_its_terminal_is_as_quiet_as_its_owners(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Beside(saying)) as beside:
        beside.ask("bundles")
    out, err = capfd.readouterr()
    assert (out, err.strip()) == ("", "Warning: trouble (of=bundles)")


def test_threads_that_ask_at_once_get_their_own_answers() -> None:
    with closing(Beside(doubling)) as beside, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(beside.ask, range(200))) == [2 * task for task in range(200)]


def test_a_process_that_died_is_told(tmp_path: Path) -> None:
    with closing(Beside(noting, tmp_path)) as beside:
        beside.begin(1)
        beside.wait()
        process = psutil.Process(int((tmp_path / "process").read_text()))
        process.kill()
        process.wait(30)
        beside.begin(2)
        with pytest.raises(Unavailable, match="has ended"):
            beside.wait()


def test_it_ends_with_an_owner_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(_OWNER)
    owner = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout
    assert owner.stdout.readline() == "begun\n"
    worker = int((tmp_path / "process").read_text())
    assert _lives(worker)
    wait_until(lambda: (tmp_path / "tasks").read_text() == "1 2 ")
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    wait_until(lambda: not _lives(worker))
    assert (tmp_path / "ended").exists()


def _lives(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
