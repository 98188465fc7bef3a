"""``make faults SEEDS=20``: as many stories as there are seeds, each on the same throwaway stack."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feed_core.model.servers import Servers
from feed_core.stores import migrate_postgres
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.faults.production import product
from tests.faults.scenario import Outcome, run


def main() -> int:
    """Play the seeds, print a line each; answers how many went wrong."""
    from tests.stack import pytest_configure, stack_of_its_own

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--first", type=int, default=1)
    asked = arguments.parse_args()
    pytest_configure()
    console, table = Console(), Table("seed", "killed", "acts", "repeated", "unanswered", "wrong")
    wrong = 0
    with stack_of_its_own() as stack, tempfile.TemporaryDirectory() as folder:
        servers = servers_of(stack)
        migrate_postgres(servers.postgres_urls.split())
        with product(stack, servers, Path(folder)) as loupe:
            for seed in range(asked.first, asked.first + asked.seeds):
                outcome = run(loupe.base, seed, loupe.victims, lambda: loupe.log)
                wrong += bool(outcome.wrong)
                table.add_row(*_row(outcome))
                console.print(*_row(outcome), sep=" · ", highlight=False)
    console.print(table)
    return wrong


def servers_of(stack: Stack) -> Servers:
    """Where the stack's servers are."""
    urls = environment(stack)
    fields = {name.removeprefix("LOUPE_").lower(): url for name, url in urls.items()}
    return Servers(**fields)


def _row(outcome: Outcome) -> tuple[str, ...]:
    found = "; ".join(outcome.wrong)[:600] or "nothing"
    numbers = (outcome.acts, outcome.repeated, outcome.unanswered)
    return (str(outcome.seed), ", ".join(outcome.killed), *map(str, numbers), found)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(min(main(), 100))
