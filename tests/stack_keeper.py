"""Waits for the end of a test run, however it ends, and removes the servers it started with their data.

Run as ``python -m tests.stack_keeper FOLDER PROCESS_ID``, in a session of its own, so that what interrupts
the tests does not interrupt this.
"""

import shutil
import sys
from pathlib import Path

from pipelines.stack.processes import end_all_in, ends

_LOOK_EVERY = 5.0
"""Seconds after which it looks whether there still is something to keep."""


def remove(home: Path) -> None:
    """End every process that works in this folder, and remove it."""
    end_all_in(home)
    shutil.rmtree(home, ignore_errors=True)


def keep(home: Path, run: int) -> None:
    """Return once the process ``run`` has ended and the folder is gone."""
    while home.exists():
        if ends(run, _LOOK_EVERY):
            remove(home)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
