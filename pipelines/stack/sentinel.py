"""Redis Sentinel: watches every Redis primary and lets its replica lead when it is gone."""

import hashlib
import signal
from typing import Any, cast

import redis

from pipelines.stack.launching import Unwell, launch, wait
from pipelines.stack.layout import Stack
from pipelines.stack.processes import Command, end, running
from pipelines.stack.redis import POLICIES, client, leads, program
from pipelines.stack.servers import Server, group_of
from pipelines.stack.templates import render, write


def up(stack: Stack) -> None:
    """Start the Sentinels and wait until each watches every primary, which are up."""
    sentinels = group_of(stack.servers, "redis-sentinel")
    for server in sentinels:
        if running(stack.record(server)) is None:
            _start(stack, server)
    for server in sentinels:
        wait(stack, server, ask)


def ask(stack: Stack, server: Server) -> None:
    """Whether it sees a living primary of every use, with a replica to promote, and the other Sentinels."""
    others = stack.choices.nodes - 1
    try:
        with client(stack, server) as connection:
            seen = cast("dict[str, dict[str, Any]]", connection.sentinel_masters())
    except redis.RedisError as error:
        raise Unwell(str(error)) from error
    for group in POLICIES:
        state = seen.get(group, {})
        if state.get("flags") != "master" or state["num-slaves"] < 1 or state["num-other-sentinels"] < others:
            raise Unwell(f"sees {group} as {state.get('flags', 'unknown')}")


def down(stack: Stack, server: Server) -> None:
    """End it."""
    process = running(stack.record(server))
    if process is not None:
        end(process, signal.SIGTERM)


def _start(stack: Stack, server: Server) -> None:
    folder = stack.data(server)
    folder.mkdir(parents=True, exist_ok=True)
    watched = (_watch(stack, group) for group in POLICIES)
    identity = hashlib.sha1(server.name.encode(), usedforsecurity=False).hexdigest()
    text = render(
        "redis/sentinel.conf", port=server.port, folder=folder, password=stack.secrets.redis,
        identity=identity, watched="\n".join(watched),
    )  # fmt: skip
    path = write(stack.home / "etc" / f"{server.name}.conf", text, secret=True)
    launch(stack, server, Command(arguments=[program(), str(path), "--sentinel"], folder=folder))


def _watch(stack: Stack, group: str) -> str:
    leader = next(server for server in group_of(stack.servers, group) if leads(stack, server))
    return render(
        "redis/watch.conf", group=group, host=leader.host, port=leader.port,
        quorum=stack.choices.nodes // 2 + 1, password=stack.secrets.redis,
    )  # fmt: skip
