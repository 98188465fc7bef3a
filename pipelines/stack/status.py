"""How every server of a stack is."""

from concurrent.futures import ThreadPoolExecutor

import msgspec

from pipelines.stack import cassandra, kafka, postgres, redis, sentinel
from pipelines.stack.launching import Ask, Unwell
from pipelines.stack.layout import Stack
from pipelines.stack.processes import memory, running
from pipelines.stack.servers import Server


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A server as it is now: ``pid`` is None when it does not run, ``trouble`` empty when it is well.

    ``held`` is the memory it holds, in bytes.
    """

    server: Server
    pid: int | None
    trouble: str
    held: int


def conditions(stack: Stack) -> list[Condition]:
    """Ask every server, all at once."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda server: _condition(stack, server), stack.servers))


def _condition(stack: Stack, server: Server) -> Condition:
    process = running(stack.record(server))
    if process is None:
        return Condition(server=server, pid=None, trouble="does not run", held=0)
    trouble = ""
    try:
        _asking(server)(stack, server)
    except Unwell as error:
        trouble = str(error).splitlines()[0]
    return Condition(server=server, pid=process.pid, trouble=trouble, held=memory(process))


def _asking(server: Server) -> Ask:
    if server.role == "sentinel":
        return sentinel.ask
    return {"postgres": postgres.ask, "redis": redis.ask, "cassandra": cassandra.ask, "kafka": kafka.ask}[
        server.family
    ]
