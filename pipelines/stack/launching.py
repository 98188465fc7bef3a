"""Start a server that is not running yet, and wait until it answers."""

import socket
import time
from collections.abc import Callable
from contextlib import closing

from feed_core.model.errors import Conflict, Unavailable
from pipelines.stack.layout import Stack
from pipelines.stack.processes import Command, ends, running, start, tail
from pipelines.stack.servers import Server

WITHIN = 240
"""Seconds that a server may take until it answers, on a machine that is busy with other things as well."""
_BETWEEN = 0.1
"""Seconds between two questions."""


class Unwell(Exception):
    """A server does not answer as it should; says how."""


Ask = Callable[[Stack, Server], None]
"""Asks a server something real; raises ``Unwell`` when the answer is wrong or missing."""


def launch(stack: Stack, server: Server, command: Command) -> None:
    """Start ``server`` by ``command``. Raises ``Conflict`` where something else listens on its ports."""
    for purpose, port in server.ports.items():
        host = "127.0.0.1" if purpose == "jmx" else server.host
        if taken(host, port):
            raise Conflict(
                f"{server.name} cannot start: port {port} on {host} is taken by another program.",
                fix="End that program, or choose other ports with --base-port and --home.",
            )
    start(command, stack.log(server), stack.record(server))


def wait(stack: Stack, server: Server, ask: Ask, within: float = WITHIN) -> None:
    """Wait until ``server`` is well. Raises ``Unavailable`` with the end of its log if it is not in time."""
    until = time.monotonic() + within
    while True:
        process = running(stack.record(server))
        if process is None:
            raise _failed(stack, server, "ended by itself")
        try:
            ask(stack, server)
        except Unwell as error:
            if time.monotonic() > until:
                reason = f"is not well after {within:.0f} s ({error})"
                raise _failed(stack, server, reason) from error
        else:
            return
        ends(process.pid, _BETWEEN)


def _failed(stack: Stack, server: Server, what: str) -> Unavailable:
    log = stack.log(server)
    return Unavailable(
        f"{server.name} {what}. The end of {log}:\n{tail(log)}",
        fix="Cure what the log names and run loupe stack up again; it goes on where it stopped.",
    )


def check_listening(server: Server, purpose: str = "client") -> None:
    """Raises ``Unwell`` while nobody listens on that port: cheaper to ask than a server that still starts."""
    host, port = "127.0.0.1" if purpose == "jmx" else server.host, server.ports[purpose]
    try:
        socket.create_connection((host, port), 5).close()
    except OSError as error:
        raise Unwell(f"does not listen on port {port}") from error


def taken(host: str, port: int) -> bool:
    """Whether something listens there, so that a server cannot."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
