"""The product on real servers, each of which can be killed: the API, the workers, and every server."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from feed_core.model.servers import Servers
from feed_core.ports.event_log import EventLog
from feed_core.stores import Stores, open_production
from pipelines.stack.layout import Stack
from pipelines.stack.processes import end, running
from pipelines.stack.redis import POLICIES, leads
from pipelines.stack.servers import Family, Server, group_of
from pipelines.stack.starting import bring_up
from tests.faults.processes import Process, Victim, api, free_port, said

APIS = 2
"""What one process has written is read from the other as well."""


class Product(NamedTuple):
    """``bases`` are the API's addresses; ``victims`` is everything that can be killed; ``log`` the event
    log."""

    bases: tuple[str, ...]
    victims: tuple[Victim, ...]
    log: EventLog


@contextmanager
def product(stack: Stack, servers: Servers, home: Path, apis: int = APIS) -> Iterator[Product]:
    """``apis`` of ``loupe serve`` and ``loupe work`` on ``servers``, which are those of ``stack``."""
    env = _variables(servers)
    ports = [free_port() for _ in range(apis)]
    own = {f"api-{at}": api(home, env, port) for at, port in enumerate(ports)}
    own["worker"] = _worker(home, env)
    stores: Stores | None = None
    try:
        for process in own.values():
            process.start()
        stores = open_production(servers)
        ours = (Victim(name, process.kill, process.start) for name, process in own.items())
        bases = tuple(f"http://127.0.0.1:{port}" for port in ports)
        yield Product(bases, (*ours, *_victims(stack)), stores.events)
    finally:
        for process in own.values():
            process.stop()
        if stores is not None:
            stores.close()


def _variables(servers: Servers) -> Mapping[str, str]:
    urls = {f"LOUPE_{name.upper()}": getattr(servers, name) for name in servers.__struct_fields__}
    return {"LOUPE_PROFILE": "production", "LOUPE_AUTH": "open"} | {k: url for k, url in urls.items() if url}


def _worker(home: Path, env: Mapping[str, str]) -> Process:
    return Process(
        ["work", "--home", str(home), "--now", "system"], env, home / "worker.log", said("Working")
    )


def _victims(stack: Stack) -> Iterator[Victim]:
    """Every server, and of the Redis pairs whoever leads or follows at that moment."""
    for server in stack.servers:
        if server.group in POLICIES:
            yield _victim(stack, server.name, server.family, partial(_in_role, stack, server))
        else:
            yield _victim(stack, server.name, server.family, lambda server=server: server)


def _victim(stack: Stack, name: str, family: Family, whom: Callable[[], Server]) -> Victim:
    def kill() -> None:
        process = running(stack.record(whom()))
        assert process is not None, f"{name} does not run"
        end(process, signal.SIGKILL)

    return Victim(name, kill, lambda: bring_up(stack, [family]))


def _in_role(stack: Stack, wanted: Server) -> Server:
    """The server that now has the role which ``wanted`` had at first; a failover exchanges the two."""
    pair = group_of(stack.servers, wanted.group)
    return next(one for one in pair if leads(stack, one) == (wanted.role == "primary"))
