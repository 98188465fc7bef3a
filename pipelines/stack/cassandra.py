"""Cassandra 5.0: one node, or three that each hold everything."""

import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable
from cassandra.policies import WhiteListRoundRobinPolicy

from feed_core.model.errors import Unavailable
from pipelines.stack.jars import jars
from pipelines.stack.java import java, tuning
from pipelines.stack.launching import Unwell, check_listening, launch, wait
from pipelines.stack.layout import CONFIGURATION, Stack
from pipelines.stack.processes import Command, end, run, running
from pipelines.stack.servers import Server, group_of
from pipelines.stack.templates import render, write

DATACENTER = "datacenter1"
_JOINED = "joined"
"""A file in a node's folder that says that it has its place in the ring and its data."""
_CLEAN = "clean"
"""A file in the nodes' folder that says that all were ended in order, so that none has missed a write."""
_TIMER_SLACK_US = 500
"""Its idle workers look for work every ten microseconds for a while, thousands of times a second: on few
cores that takes from everybody else."""
_DAEMON = "org.apache.cassandra.service.CassandraDaemon"
_NODETOOL = "org.apache.cassandra.tools.NodeTool"


def up(stack: Stack) -> None:
    """Start the nodes and wait for each. New ones join one after another.

    A node of several that comes back after the others may have taken writes without it is repaired before
    it answers clients.
    """
    nodes = group_of(stack.servers, "cassandra")
    joined = [node for node in nodes if (stack.data(node) / _JOINED).exists()]
    returning = [node for node in joined if running(stack.record(node)) is None]
    clean = stack.home / "cassandra" / _CLEAN
    repaired = returning if len(nodes) > 1 and not clean.exists() else []
    clean.unlink(missing_ok=True)
    for node in returning:
        _start(stack, node, answers=node not in repaired)
    for node in repaired:
        _repair(stack, node)
    for node in joined:
        wait(stack, node, ask)
    for node in nodes:
        if node not in joined:
            _join(stack, node)


def down(stack: Stack) -> None:
    """End every node after it wrote its memory to disk."""
    nodes = group_of(stack.servers, "cassandra")
    processes = [running(stack.record(node)) for node in nodes]
    with ThreadPoolExecutor(len(nodes)) as pool:
        orderly = pool.map(lambda process: process is not None and end(process, signal.SIGTERM), processes)
    if all(orderly):
        (stack.home / "cassandra" / _CLEAN).touch()


def ask(_stack: Stack, server: Server) -> None:
    """Whether this node answers CQL itself, has joined, and knows the others."""
    check_listening(server)
    logging.getLogger("cassandra").setLevel(logging.CRITICAL)
    profile = ExecutionProfile(WhiteListRoundRobinPolicy([server.host]), request_timeout=10)
    cluster = Cluster(
        [server.host], port=server.port, protocol_version=5, control_connection_timeout=10,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile}, connect_timeout=5,
    )  # fmt: skip
    try:
        session = cluster.connect()
        state = session.execute("SELECT bootstrapped FROM system.local").one()
        others = session.execute("SELECT peer FROM system.peers_v2").all()
    except (NoHostAvailable, OSError) as error:
        raise Unwell(str(error)) from error
    finally:
        cluster.shutdown()
    if state.bootstrapped != "COMPLETED":
        raise Unwell(f"joining the ring: {state.bootstrapped}")
    if len(others) < server.number - 1:
        raise Unwell(f"knows {len(others)} other nodes")


def nodetool(stack: Stack, server: Server, *arguments: str, within: float = 600) -> str:
    """What ``nodetool`` prints for this node. Raises ``Unwell`` with its words when it fails."""
    options = (
        "-Xmx96m", "-XX:TieredStopAtLevel=1", f"@{CONFIGURATION / 'cassandra' / 'jvm.options'}",
        f"-Dlogback.configurationFile={CONFIGURATION / 'cassandra' / 'nodetool.xml'}",
        f"-Dcassandra.storagedir={stack.data(server)}", f"-Dcassandra.config={_uri(_config(stack, server))}",
    )  # fmt: skip
    port = str(server.ports["jmx"])
    command = java("cassandra", _NODETOOL, "-p", port, *arguments, options=options)
    ran = run(Command(arguments=command, folder=stack.data(server)), within)
    if ran.returncode:
        raise Unwell("\n".join(ran.stdout.splitlines()[-5:]))
    return ran.stdout


def _join(stack: Stack, node: Server) -> None:
    """The first start of a node: it takes its share of the ring, and its data from the nodes before it."""
    if running(stack.record(node)) is None:
        _start(stack, node)
    wait(stack, node, ask)
    (stack.data(node) / _JOINED).touch()


def _repair(stack: Stack, node: Server) -> None:
    wait(stack, node, _ask_ring)
    try:
        nodetool(stack, node, "repair", "-full")
        nodetool(stack, node, "enablebinary")
    except Unwell as error:
        raise Unavailable(
            f"{node.name} could not be repaired: {error}", fix="Run loupe stack up again."
        ) from error


def _ask_ring(stack: Stack, server: Server) -> None:
    """Whether this node sees all nodes up, asked past the port of the clients."""
    check_listening(server, "jmx")
    seen = nodetool(stack, server, "status", within=60)
    up_nodes = sum(line.startswith("UN ") for line in seen.splitlines())
    if up_nodes < stack.choices.nodes:
        raise Unwell(f"sees {up_nodes} nodes up")


def _start(stack: Stack, node: Server, *, answers: bool = True) -> None:
    folder = stack.data(node)
    folder.mkdir(parents=True, exist_ok=True)
    _write_configuration(stack, node)
    options = (
        f"-Xms{node.memory.own}M", f"-Xmx{node.memory.own}M",
        f"-XX:MaxDirectMemorySize={node.memory.own // 2}M", "-Xss256k", *tuning(stack.choices.size),
        "-XX:+ExitOnOutOfMemoryError", "-XX:+PerfDisableSharedMem",
        f"@{CONFIGURATION / 'cassandra' / 'jvm.options'}",
        f"-javaagent:{next(jars('cassandra').glob('jamm-*.jar'))}",
        f"-Dcassandra.config={_uri(_config(stack, node))}", f"-Dcassandra.storagedir={folder}",
        f"-Dlogback.configurationFile={CONFIGURATION / 'cassandra' / 'logback.xml'}",
        f"-Djava.io.tmpdir={folder}", f"-Dcassandra.jmx.local.port={node.ports['jmx']}",
        f"-Dcassandra.start_native_transport={str(answers).lower()}",
        # All nodes share this machine: nobody needs half a minute to hear of a neighbour.
        "-Dcassandra.ring_delay_ms=2000", "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    )  # fmt: skip
    command = java("cassandra", _DAEMON, options=options)
    launch(stack, node, Command(arguments=command, folder=folder, timer_slack_us=_TIMER_SLACK_US))


def _write_configuration(stack: Stack, node: Server) -> None:
    """A node that joins hears of the ring from the nodes before it; once it has joined, from any."""
    nodes = group_of(stack.servers, "cassandra")
    known = nodes if (stack.data(node) / _JOINED).exists() else nodes[: max(1, node.number - 1)]
    text = render(
        "cassandra/cassandra.yaml", host=node.host, folder=stack.data(node),
        seeds=",".join(f"{one.host}:{one.ports['storage']}" for one in known),
        native_port=node.port, storage_port=node.ports["storage"], memtable=node.memory.own // 5,
        file_cache=node.memory.own // 8, snapshots=str(stack.choices.size == "standard").lower(),
    )  # fmt: skip
    write(_config(stack, node), text)


def _config(stack: Stack, node: Server) -> Path:
    return stack.home / "etc" / f"{node.name}.yaml"


def _uri(path: Path) -> str:
    return path.as_uri()
