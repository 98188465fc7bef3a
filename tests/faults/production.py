"""The product on real servers, each of which can be killed: the API, the workers, and every server."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from feed_core.model.servers import Servers
from feed_core.ports.event_log import EventLog
from feed_core.stores import Stores, open_production
from pipelines.stack.layout import Stack
from pipelines.stack.processes import running
from pipelines.stack.servers import Server
from pipelines.stack.starting import bring_up
from tests.faults.processes import Process, Victim, api, free_port


class Product(NamedTuple):
    """``base`` is the API's address; ``victims`` is everything that can be killed; ``log`` the event log."""

    base: str
    victims: tuple[Victim, ...]
    log: EventLog


@contextmanager
def product(stack: Stack, servers: Servers, home: Path) -> Iterator[Product]:
    """``loupe serve`` and ``loupe work`` on ``servers``, which are those of ``stack``."""
    env = _variables(servers)
    port = free_port()
    serving, working = api(home, env, port), _worker(home, env)
    stores: Stores | None = None
    try:
        serving.start()
        working.start()
        stores = open_production(servers)
        own = (Victim("api", serving.kill, serving.start), Victim("worker", working.kill, working.start))
        theirs = tuple(
            _victim(stack, server) for server in stack.servers if server.role in {"primary", "node"}
        )
        yield Product(f"http://127.0.0.1:{port}", (*own, *theirs), stores.events)
    finally:
        serving.stop()
        working.stop()
        if stores is not None:
            stores.close()


def _variables(servers: Servers) -> Mapping[str, str]:
    urls = {f"LOUPE_{name.upper()}": getattr(servers, name) for name in servers.__struct_fields__}
    return {"LOUPE_PROFILE": "production", "LOUPE_AUTH": "open"} | {k: url for k, url in urls.items() if url}


def _worker(home: Path, env: Mapping[str, str]) -> Process:
    log = home / "worker.log"
    return Process(["work", "--home", str(home)], env, log, lambda: b"Working" in log.read_bytes())


def _victim(stack: Stack, server: Server) -> Victim:
    def kill() -> None:
        started = running(stack.record(server))
        if started is not None:
            os.kill(started.pid, signal.SIGKILL)

    return Victim(server.name, kill, lambda: bring_up(stack, [server.family]))
