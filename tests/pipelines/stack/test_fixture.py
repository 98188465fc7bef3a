"""The servers of a test run end with the run, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from pipelines.stack.layout import make_stack
from pipelines.stack.processes import Command, ends, running, start

ROOT = Path(__file__).parents[3]


def test_a_killed_run_leaves_neither_servers_nor_data(tmp_path: Path) -> None:
    home = tmp_path / "stack"
    stack = make_stack(home)
    server = stack.servers[0]
    stack.data(server).mkdir(parents=True)
    start(
        Command(arguments=["sleep", "600"], folder=stack.data(server)),
        stack.log(server),
        stack.record(server),
    )
    left = running(stack.record(server))
    run = subprocess.Popen(["sleep", "600"])
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.stack_keeper", str(home), str(run.pid)],
        cwd=ROOT,
        start_new_session=True,
    )
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert keeper.wait(60) == 0
    assert left is not None
    assert ends(left.pid, 0)
    assert not home.exists()


def test_the_keeper_ends_nothing_that_works_elsewhere(tmp_path: Path) -> None:
    from tests.stack_keeper import remove

    (tmp_path / "stack").mkdir()
    (tmp_path / "stack-of-another").mkdir()
    other = subprocess.Popen(["sleep", "600"], cwd=tmp_path / "stack-of-another")
    try:
        remove(tmp_path / "stack")
        assert psutil.pid_exists(other.pid)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
