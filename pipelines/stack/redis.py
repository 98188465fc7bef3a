"""Redis 7: a primary and its replica per use, watched by Sentinel.

The replica saves to disk, the primary does not; so a primary that comes back empty must never lead: whoever
is alive leads, and when nobody is, the primary starts from what was saved last.
"""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis

from feed_core.model.errors import Unavailable
from pipelines.stack.launching import Unwell, launch, wait
from pipelines.stack.layout import Stack
from pipelines.stack.processes import Command, end, running
from pipelines.stack.servers import Server, group_of
from pipelines.stack.templates import render, write

POLICIES = {"redis-cache": "allkeys-lfu", "redis-state": "noeviction"}
"""When memory is full, the cache drops what is read least; sessions and features are never dropped."""
_SAVE = "60 1"
"""A replica saves after every minute in which anything changed."""
_DUMP = "dump.rdb"
_PROMOTION_WITHIN = 30.0
"""Seconds within which a replica whose primary is gone must lead."""


def up(stack: Stack, group: str) -> None:
    """Start the servers of one use and wait until the replica follows."""
    members = group_of(stack.servers, group)
    leader = _leader(stack, members)
    for server in sorted(members, key=lambda one: one != leader):
        if running(stack.record(server)) is None:
            _start(stack, server, leader)
        wait(stack, server, ask)
    for server in members:
        with client(stack, server) as connection:
            connection.config_set("save", "" if server == leader else _SAVE)


def ask(stack: Stack, server: Server) -> None:
    """Whether it answers, and leads or follows."""
    try:
        with client(stack, server) as connection:
            connection.ping()
            role = connection.role()
    except redis.RedisError as error:
        raise Unwell(str(error)) from error
    if role[0] != "master" and role[3] != "connected":
        raise Unwell(f"follows {role[1]}:{role[2]}, but is not connected: {role[3]}")


def down(stack: Stack, server: Server) -> None:
    """End it after it saved everything to disk."""
    process = running(stack.record(server))
    if process is None:
        return
    with suppress(redis.RedisError), client(stack, server) as connection:
        connection.config_set("save", _SAVE)
    end(process, signal.SIGTERM)


def leads(stack: Stack, server: Server) -> bool:
    """Whether it is the primary now; Sentinel may have changed that."""
    with client(stack, server) as connection:
        return bool(connection.role()[0] == "master")


@contextmanager
def client(stack: Stack, server: Server) -> Iterator[redis.Redis]:
    """A connection to this very server, whatever its role."""
    connection = redis.Redis(
        host=server.host, port=server.port, password=stack.secrets.redis, socket_timeout=5,
        socket_connect_timeout=5, decode_responses=True,
    )  # fmt: skip
    try:
        yield connection
    finally:
        connection.close()


def _leader(stack: Stack, members: tuple[Server, ...]) -> Server:
    """Who leads. Raises ``Unavailable`` when a living replica cannot be made to."""
    alive = [server for server in members if running(stack.record(server)) is not None]
    if not alive:
        _give_newest_dump(stack, members)
        return members[0]
    try:
        return next((server for server in alive if leads(stack, server)), None) or _promoted(stack, alive[0])
    except redis.RedisError as error:
        raise Unavailable(
            f"{alive[0].name} does not answer: {error}.", fix="Run loupe stack down, then up."
        ) from error


def _promoted(stack: Stack, server: Server) -> Server:
    """Its primary is gone, so it leads: through the Sentinels, whom clients ask, or else directly."""
    watching = [one for one in group_of(stack.servers, "redis-sentinel") if running(stack.record(one))]
    if watching:
        # Refused while a promotion is under way already, which is as good.
        with suppress(redis.ResponseError), client(stack, watching[0]) as sentinel:
            sentinel.execute_command("SENTINEL", "FAILOVER", server.group)
    else:
        with client(stack, server) as connection:
            connection.replicaof("NO", "ONE")
    wait(stack, server, _ask_leading, _PROMOTION_WITHIN)
    return server


def _ask_leading(stack: Stack, server: Server) -> None:
    if not leads(stack, server):
        raise Unwell("still follows the primary that is gone")


def _give_newest_dump(stack: Stack, members: tuple[Server, ...]) -> None:
    dumps = [stack.data(server) / _DUMP for server in members]
    saved = [dump for dump in dumps if dump.exists()]
    newest = max(saved, key=lambda dump: dump.stat().st_mtime_ns, default=None)
    if newest is not None and newest != dumps[0]:
        dumps[0].parent.mkdir(parents=True, exist_ok=True)
        draft = dumps[0].with_suffix(".draft")
        shutil.copy2(newest, draft)
        draft.replace(dumps[0])


def _start(stack: Stack, server: Server, leader: Server) -> None:
    folder = stack.data(server)
    folder.mkdir(parents=True, exist_ok=True)
    text = render(
        "redis/redis.conf", port=server.port, folder=folder, memory=server.memory.own,
        policy=POLICIES[server.group], password=stack.secrets.redis,
        follows="" if server == leader else f"replicaof {leader.host} {leader.port}",
    )  # fmt: skip
    path = write(stack.home / "etc" / f"{server.name}.conf", text, secret=True)
    launch(stack, server, Command(arguments=[program(), str(path)], folder=folder))


def program() -> str:
    """Where redis-server lies; raises ``Unavailable`` when it is not installed."""
    found = shutil.which("redis-server")
    if found is None:
        raise Unavailable("Redis is not installed.", fix="Run make stack, or: apt-get install redis-server.")
    return found
