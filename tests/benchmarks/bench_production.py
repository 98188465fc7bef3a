"""Loupe on its real servers as its users meet it, over HTTP, beside the embedded profile in the same run.

Run ``python -m tests.benchmarks.bench_production``. It starts a stack of its own, or measures on one
that is up (``--stack HOME``), in databases, a keyspace, topics and keys of its own, gone afterwards.
Each profile is seeded with an author whom 1,000 people follow. Bounds are said beside the figures.
"""

import argparse
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.table import Table

from pipelines.progress import console
from pipelines.stack.layout import Stack, open_stack
from tests.benchmarks.load import HEADING, Measured, row
from tests.benchmarks.production_cases import CASES, Case, warmed
from tests.benchmarks.serving import Served, embedded, on_servers
from tests.stack import pytest_configure, stack_of_its_own


def main() -> None:
    """Measure each profile and print the table."""
    arguments = _arguments()
    wanted = [case for case in CASES if arguments.only in case.name]
    print(machine(), flush=True)
    with _stack(arguments.stack) as stack:
        real = measure("real servers", on_servers(stack), wanted, arguments.seconds)
    beside = measure("embedded", embedded(), wanted, arguments.seconds)
    console.print(table(wanted, real, beside))
    print(f"load at the end {_load()}")


def measure(
    profile: str, serving: AbstractContextManager[Served], cases: Sequence[Case], seconds: int
) -> dict[str, Measured]:
    """The figures by case, printed as they come."""
    found = {}
    with serving as served:
        warmed(served)
        print(f"{profile:44}{HEADING[44:]}", flush=True)
        for case in cases:
            load = os.getloadavg()[0]
            found[case.name] = case.run(served, seconds)
            print(f"{row(case.name, found[case.name], case.bounds)}  (load {load:.1f})", flush=True)
    return found


def table(cases: Sequence[Case], real: Mapping[str, Measured], beside: Mapping[str, Measured]) -> Table:
    """A row a case: the bounds and whether the real servers keep them, then both profiles."""
    drawn = Table("ms", "bound", title="Real servers | embedded")
    for heading in ("p50", "p95", "p99", "per s", "failed", "| p50", "p99", "per s"):
        drawn.add_column(heading, justify="right")
    for case in cases:
        one, other = real[case.name], beside[case.name]
        bounds = "\n".join(f"{bound} {bound.verdict(one)}" for bound in case.bounds)
        here = (f"{one.p50:.1f}", f"{one.p95:.1f}", f"{one.p99:.1f}", f"{one.rate:,.0f}", str(one.failed))
        drawn.add_row(case.name, bounds, *here, f"{other.p50:.1f}", f"{other.p99:.1f}", f"{other.rate:,.0f}")
    return drawn


def machine() -> str:
    """What it was measured on, and how busy that was."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{platform.platform()} · {cores} cores · Python {platform.python_version()} · "
        f"load at the start {_load()}"
    )


def _bounds(case: Case) -> str:
    return " · ".join(map(str, case.bounds))


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


@contextmanager
def _stack(home: Path | None) -> Iterator[Stack]:
    if home is not None:
        yield open_stack(home)
        return
    pytest_configure()
    with stack_of_its_own(size="standard") as stack:
        yield stack


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="cases:\n" + "\n".join(f"  {case.name:44}{_bounds(case)}" for case in CASES),
    )  # fmt: skip
    parser.add_argument("--stack", type=Path, metavar="HOME", help="a stack that is up, by its folder")
    parser.add_argument("--seconds", type=int, default=5, help="how long to send for, a case (default 5)")
    parser.add_argument("--only", default="", metavar="WORDS", help="the cases whose name has these words")
    return parser.parse_args()


if __name__ == "__main__":
    main()
