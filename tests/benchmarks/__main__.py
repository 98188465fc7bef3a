"""``make bench``: every benchmark, one after the other, each in a process of its own."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from rich.console import Console


def main() -> int:
    """Run ``bench_*.py`` beside this file (or those named); answers how many failed."""
    console = Console()
    folder = Path(__file__).parent
    asked = sys.argv[1:]
    benches = sorted(path.stem for path in folder.glob("bench_*.py"))
    cores = len(os.sched_getaffinity(0))
    console.print(
        f"{platform.platform()} · {platform.machine()} · {cores} cores · Python {platform.python_version()}"
    )
    failed = 0
    for name in benches:
        if asked and name.removeprefix("bench_") not in asked:
            continue
        console.rule(name.removeprefix("bench_").replace("_", " "))
        failed += (
            subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
