"""Three stories on real servers; ``make faults`` plays more, and on three nodes."""

from pathlib import Path

import pytest

from feed_core.stores import dead_writes, migrate_postgres
from pipelines.stack.layout import Stack
from tests.faults.__main__ import servers_of
from tests.faults.production import product
from tests.faults.scenario import run

pytestmark = pytest.mark.slow(120)

SEEDS = (1, 2, 3)


@pytest.mark.timeout(1_200)
def test_nothing_acknowledged_is_lost_whoever_is_killed(mortal: Stack, tmp_path: Path) -> None:
    servers = servers_of(mortal)
    migrate_postgres(servers.postgres_urls.split())
    with product(mortal, servers, tmp_path) as loupe:
        outcomes = [run(loupe.bases, seed, loupe.victims, lambda: loupe.log) for seed in SEEDS]
        laid_aside = dead_writes(servers.postgres_urls.split())
    assert [outcome.wrong for outcome in outcomes] == [()] * len(SEEDS), _complaints(tmp_path)
    assert laid_aside == [], "a server that is away is no reason to give a write up"
    assert all(outcome.acts > 20 and len(outcome.killed) == 2 for outcome in outcomes)
    assert all(outcome.looks > 20 for outcome in outcomes)


def _complaints(folder: Path) -> str:
    """What the processes of the product logged but requests that went well."""
    lines = (line for log in sorted(folder.glob("*.log")) for line in log.read_text().splitlines())
    return "\n".join(line[:500] for line in lines if '"level": "info"' not in line)
