"""Progress bars in the terminal, handed to jobs as a plain callback (done, total)."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Report = Callable[[int, int], None]

_PIPED_WIDTH = 140
"""Columns where there is no terminal to ask, so that paths and tables stay whole in a file."""

console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
errors = Console(stderr=True)


@contextmanager
def bar(title: str) -> Iterator[Report]:
    """Show a bar named ``title`` while the block runs; call what it yields with (done, total)."""
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield report
        finished = progress.tasks[0]
        if finished.total is None:
            progress.update(task, total=1, completed=1)
