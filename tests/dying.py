"""A child process that SIGKILLs itself at the n-th step of its work: a sync, a rename or a delete."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
_DYING = """
import os, signal, sys
from pathlib import Path

steps = int(sys.argv.pop(1))

def dying(step):
    def act(*args, **kwargs):
        global steps
        steps -= 1
        if steps <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    return act

os.fsync, Path.replace, Path.unlink = dying(os.fsync), dying(Path.replace), dying(Path.unlink)
"""


def run_dying(code: str, *arguments: str, steps: int) -> int:
    """Run ``code`` with ``arguments`` in ``sys.argv`` until step number ``steps``, or its end; answers its
    exit status."""
    command = [sys.executable, "-c", _DYING + code, str(steps), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def killed_until_done(
    code: str, *arguments: str, steps: tuple[int, int], check: Callable[[], None], seed: int = 12
) -> int:
    """Run ``code`` again and again, killed each time after a random number out of ``steps``, until it ends by
    itself; ``check`` is called after each kill. Answers how many kills there were: two or more."""
    kills, chance = 0, random.Random(seed)
    while (status := run_dying(code, *arguments, steps=chance.randint(*steps))) != 0:
        assert status == -signal.SIGKILL
        check()
        kills += 1
        assert kills < 40
    assert kills >= 2
    return kills
