"""``make faults SEEDS=20 NODES=1``: as many stories as there are seeds, each on the same throwaway stack."""

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
from tests.faults.outages import Outage
from tests.faults.production import product
from tests.faults.scenario import Outcome, Plan, run

REPLACED = ("cassandra", "kafka", "redis")
"""What others stand in for where there are three nodes. The clusters of Postgres have no such others."""
PLANS = {1: Plan(), 3: Plan(seconds=10.0, away=(5.0, 9.0), felt=10.0)}
"""With three nodes what was killed stays away until the others must have taken over, which all clients see
done within ten seconds: Kafka misses a broker after three, the Sentinels a primary after two."""


def main() -> int:
    """Play the seeds, print a line each; answers how many went wrong."""
    from tests.stack import pytest_configure, stack_of_its_own

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--first", type=int, default=1)
    arguments.add_argument("--nodes", type=int, choices=PLANS, default=1)
    arguments.add_argument("--only", nargs="*", default=[], help="beginnings of the names of what is killed")
    asked = arguments.parse_args()
    pytest_configure()
    console, outcomes = Console(), list[Outcome]()
    with stack_of_its_own(nodes=asked.nodes) as stack, tempfile.TemporaryDirectory() as folder:
        servers = servers_of(stack)
        migrate_postgres(servers.postgres_urls.split())
        with product(stack, servers, Path(folder)) as loupe:
            only = tuple(asked.only) or (REPLACED if asked.nodes > 1 else ("",))
            victims = [one for one in loupe.victims if one.name.startswith(only)]
            for seed in range(asked.first, asked.first + asked.seeds):
                outcomes.append(run(loupe.bases, seed, victims, lambda: loupe.log, PLANS[asked.nodes]))
                console.print(*_row(outcomes[-1]), sep=" · ", highlight=False)
    console.print(_stories(outcomes), _kills([one for each in outcomes for one in each.outages]))
    return sum(bool(outcome.wrong) for outcome in outcomes)


def servers_of(stack: Stack) -> Servers:
    """Where the stack's servers are."""
    urls = environment(stack)
    fields = {name.removeprefix("LOUPE_").lower(): url for name, url in urls.items()}
    return Servers(**fields)


def _stories(outcomes: list[Outcome]) -> Table:
    table = Table("seed", "killed", "acts", "repeated", "looks", "refused", "silent", "wrong")
    for outcome in outcomes:
        table.add_row(*_row(outcome))
    return table


def _row(outcome: Outcome) -> tuple[str, ...]:
    o, found = outcome, "; ".join(outcome.wrong)[:900] or "nothing"
    return (*map(str, (o.seed, ", ".join(o.killed), o.acts, o.repeated, o.looks, o.refused, o.silent)), found)


def _kills(outages: list[Outage]) -> Table:
    """Seconds, each the median and the most over the kills of a name."""
    table = Table("killed", "times", "away", "longest wait to write", "to read")
    for name in sorted({one.name for one in outages}):
        mine = [one for one in outages if one.name == name]
        columns = zip(*(one[1:] for one in mine), strict=True)
        table.add_row(name, str(len(mine)), *(_spread(sorted(column)) for column in columns))
    return table


def _spread(seconds: list[float]) -> str:
    return f"{seconds[len(seconds) // 2]:.1f} ({seconds[-1]:.1f})"


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(min(main(), 100))
