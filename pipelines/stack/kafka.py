"""Kafka 4 in KRaft mode: every broker is a controller too; one, or three with each record on two at least."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from feed_core.model.errors import Unavailable
from pipelines.stack.java import java, tuning
from pipelines.stack.launching import Unwell, check_listening, launch, wait
from pipelines.stack.layout import CONFIGURATION, Stack
from pipelines.stack.processes import Command, end, run, running
from pipelines.stack.servers import Server, group_of
from pipelines.stack.templates import render, write

_CLUSTER = "bG91cGUtc3RhY2stMDAwMQ"
"""The cluster's id: 16 bytes in base 64, the same in every stack, which ports and folders keep apart."""


def up(stack: Stack) -> None:
    """Start the brokers together, because a majority must be there before one answers; wait for each."""
    brokers = group_of(stack.servers, "kafka")
    for server in brokers:
        if running(stack.record(server)) is None:
            _start(stack, server)
    for server in brokers:
        wait(stack, server, ask)


def down(stack: Stack) -> None:
    """End every broker after it handed over its partitions and closed its files."""
    alive = [running(stack.record(server)) for server in group_of(stack.servers, "kafka")]
    with ThreadPoolExecutor(len(alive)) as pool:
        list(pool.map(lambda process: process is None or end(process, signal.SIGTERM), alive))


def ask(stack: Stack, server: Server) -> None:
    """Whether this broker knows a controller and every broker, and every partition is led."""
    check_listening(server)
    address = f"{server.host}:{server.port}"
    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
    try:
        seen = admin.list_topics(timeout=5)
    except KafkaException as error:
        raise Unwell(str(error)) from error
    if len(seen.brokers) < stack.choices.nodes or seen.controller_id < 0:
        raise Unwell(f"sees {len(seen.brokers)} brokers, controller {seen.controller_id}")
    for name, topic in seen.topics.items():
        if any(partition.leader < 0 for partition in topic.partitions.values()):
            raise Unwell(f"a partition of {name} has no leader")


def _start(stack: Stack, server: Server) -> None:
    folder = stack.data(server)
    folder.mkdir(parents=True, exist_ok=True)
    config = write(stack.home / "etc" / f"{server.name}.properties", _properties(stack, server))
    if not (folder / "log" / "meta.properties").exists():
        _format(server, folder, config)
    heap = server.memory.own
    options = (
        f"-Xms{heap}M", f"-Xmx{heap}M", "-XX:MaxDirectMemorySize=64M", "-XX:MaxMetaspaceSize=128M",
        *tuning(stack.choices.size), "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={CONFIGURATION / 'kafka' / 'log4j2.properties'}",
    )  # fmt: skip
    arguments = java("kafka", "kafka.Kafka", str(config), options=options)
    launch(stack, server, Command(arguments=arguments, folder=folder))


def _format(server: Server, folder: Path, config: Path) -> None:
    """Mark the data folder as this broker's, in this cluster."""
    arguments = ["format", "--cluster-id", _CLUSTER, "--config", str(config), "--ignore-formatted"]
    options = ("-Xmx64m", "-XX:TieredStopAtLevel=1")
    command = java("kafka", "kafka.tools.StorageTool", *arguments, options=options)
    ran = run(Command(arguments=command, folder=folder))
    if ran.returncode:
        raise Unavailable(
            f"The data folder of {server.name} could not be made:\n{ran.stdout}",
            fix="Cure what it names and run loupe stack up again.",
        )


def _properties(stack: Stack, server: Server) -> str:
    brokers = group_of(stack.servers, "kafka")
    copies = len(brokers)
    voters = (f"{one.number}@{one.host}:{one.ports['controller']}" for one in brokers)
    return render(
        "kafka/server.properties", number=server.number, voters=",".join(voters), host=server.host,
        port=server.port, controller_port=server.ports["controller"], folder=stack.data(server) / "log",
        copies=copies, in_sync=copies // 2 + 1,
    )  # fmt: skip
