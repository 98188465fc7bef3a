"""Bring a whole stack up or down: families side by side, each in the order that it needs."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from feed_core.model.errors import Conflict
from pipelines.stack import cassandra, kafka, postgres, redis, sentinel
from pipelines.stack.environment import write_environment
from pipelines.stack.layout import Stack, locked
from pipelines.stack.processes import running
from pipelines.stack.servers import FAMILIES, Family, Server

Say = Callable[[str, float], None]
"""Told which family came up, and after how many seconds."""


def bring_up(
    stack: Stack, families: Iterable[Family] = FAMILIES, say: Say = lambda _family, _seconds: None
) -> None:
    """Start what is not running and wait until all of it is well; goes on where it once stopped.

    Raises ``Unavailable`` for the first family that does not come up, after the others did or did not.
    """
    wanted = [family for family in FAMILIES if family in set(families)]
    with locked(stack.home), ThreadPoolExecutor(len(wanted)) as pool:
        write_environment(stack)
        for done in [pool.submit(_bring_up, stack, family, say) for family in wanted]:
            done.result()


def take_down(stack: Stack, families: Iterable[Family] = FAMILIES) -> None:
    """End every server in order, so that nothing has to be recovered at the next start."""
    wanted = [family for family in FAMILIES if family in set(families)]
    with locked(stack.home), ThreadPoolExecutor(len(wanted)) as pool:
        for done in [pool.submit(_DOWN[family], stack) for family in wanted]:
            done.result()


def wipe(stack: Stack) -> None:
    """Remove the folder with all data. Raises ``Conflict`` while one of its servers runs."""
    alive = [server.name for server in stack.servers if running(stack.record(server)) is not None]
    if alive:
        raise Conflict(f"Still running: {', '.join(alive)}.", fix="End them first: loupe stack down.")
    shutil.rmtree(stack.home)


def _bring_up(stack: Stack, family: Family, say: Say) -> None:
    from time import monotonic

    began = monotonic()
    _UP[family](stack)
    say(family, monotonic() - began)


def _servers(stack: Stack, family: Family) -> list[Server]:
    return [server for server in stack.servers if server.family == family]


def _postgres_up(stack: Stack) -> None:
    for server in _servers(stack, "postgres"):
        postgres.up(stack, server)


def _redis_up(stack: Stack) -> None:
    for group in redis.POLICIES:
        redis.up(stack, group)
    sentinel.up(stack)


def _postgres_down(stack: Stack) -> None:
    """Primaries first: their replicas then have all of it."""
    for server in _servers(stack, "postgres"):
        postgres.down(stack, server)


def _redis_down(stack: Stack) -> None:
    """Sentinels first, lest they promote; then replicas, so that the primary saves last and most."""
    data = [server for server in _servers(stack, "redis") if server.role != "sentinel"]
    leading = {server.name for server in data if running(stack.record(server)) and redis.leads(stack, server)}
    for server in _servers(stack, "redis"):
        if server.role == "sentinel":
            sentinel.down(stack, server)
    for server in sorted(data, key=lambda one: one.name in leading):
        redis.down(stack, server)


_UP: dict[Family, Callable[[Stack], None]] = {
    "postgres": _postgres_up, "redis": _redis_up, "cassandra": cassandra.up, "kafka": kafka.up,
}  # fmt: skip
_DOWN: dict[Family, Callable[[Stack], None]] = {
    "postgres": _postgres_down, "redis": _redis_down, "cassandra": cassandra.down, "kafka": kafka.down,
}  # fmt: skip
