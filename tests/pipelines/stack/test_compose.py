"""deploy/compose.yaml describes the same servers as the stack's own description."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.spark.java import java_home
from pipelines.stack.jars import NAMES
from pipelines.stack.java import BEHIND, tuning
from pipelines.stack.layout import CONFIGURATION
from pipelines.stack.redis import POLICIES
from pipelines.stack.servers import BASE_PORT, MEMORY, PORTS_OF_A_STACK, Server, Size, servers

COMPOSE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "deploy" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVERS = servers()
each = pytest.mark.parametrize("server", SERVERS, ids=[server.name for server in SERVERS])


def said(server: Server) -> str:
    """Everything that the file says of this server, with the configurations it mounts."""
    service = SERVICES[server.name]
    mounted = [COMPOSE["configs"][one["source"]]["content"] for one in service.get("configs", [])]
    return f"{service} {' '.join(mounted)}"


def test_the_names_are_the_same() -> None:
    assert list(SERVICES) == [server.name for server in SERVERS]


@each
def test_it_listens_on_the_same_ports_and_knows_no_others_but_its_groups(server: Server) -> None:
    named = {int(port) for port in re.findall(rf"\b{BASE_PORT // 1_000}\d\d\d\b", said(server))}
    assert named >= set(server.ports.values())
    watched = {one.port for one in SERVERS if one.role == "primary" and one.family == "redis"}
    group = {port for one in SERVERS if one.group == server.group for port in one.ports.values()}
    assert named <= group | (watched if server.role == "sentinel" else set())


@each
def test_it_has_the_same_memory(server: Server) -> None:
    service = SERVICES[server.name]
    assert service["mem_limit"] == f"{server.memory.limit}m"
    if server.memory.own:
        own = rf"(shared_buffers=|maxmemory |-Xmx|HEAP_SIZE': '){server.memory.own}(MB|mb|M)\b"
        assert re.search(own, str(service))


@each
def test_it_listens_on_loopback_alone(server: Server) -> None:
    assert SERVICES[server.name]["network_mode"] == "host"
    assert "127.0.0.1" in said(server)
    assert "0.0.0.0" not in said(server)


@pytest.mark.parametrize(("group", "policy"), POLICIES.items())
def test_what_redis_drops_is_the_same(group: str, policy: str) -> None:
    for server in SERVERS:
        if server.group == group:
            assert f"--maxmemory-policy {policy}" in SERVICES[server.name]["command"]
            saves = '--save "60 1"' if server.role == "replica" else '--save ""'
            assert saves in SERVICES[server.name]["command"]


@pytest.mark.parametrize("name", NAMES)
def test_the_java_servers_have_the_same_version(name: str) -> None:
    jars = (CONFIGURATION / name / "jars.sha256").read_text()
    version = SERVICES[name]["image"].split(":")[1]
    assert re.search(rf"({'cassandra-all' if name == 'cassandra' else 'kafka_2.13'})-{version}\.jar", jars)


@pytest.mark.parametrize("name", NAMES)
def test_the_java_servers_compile_behind_those_who_answer(name: str) -> None:
    assert " ".join(BEHIND) in str(SERVICES[name]["environment"])


@pytest.mark.parametrize("size", MEMORY)
def test_this_java_knows_how_the_servers_are_tuned(size: Size) -> None:
    java = java_home() / "bin" / "java"
    ran = subprocess.run([java, *tuning(size), "-version"], capture_output=True, check=False)
    assert (ran.returncode, b"Unrecognized" in ran.stderr) == (0, False)


@pytest.mark.parametrize("nodes", [1, 3])
def test_ports_of_a_stack_are_its_own_and_within_its_block(nodes: int) -> None:
    everything = servers(nodes, 30_000)
    places = [
        ("127.0.0.1" if purpose == "jmx" else one.host, port)
        for one in everything
        for purpose, port in one.ports.items()
    ]
    assert len(set(places)) == len(places)
    assert all(30_000 <= port < 30_000 + PORTS_OF_A_STACK for _, port in places)
    assert len({one.name for one in everything}) == len(everything)


def test_one_node_each_fits_in_six_gibibytes() -> None:
    assert sum(server.memory.limit for server in SERVERS) <= 6 * 1_024


def test_every_server_has_a_volume() -> None:
    with_data = {server.name for server in SERVERS if server.role != "sentinel"}
    assert set(COMPOSE["volumes"]) == with_data
