"""Which servers there are, on which ports and with how much memory: the one description of the stack.

``deploy/compose.yaml`` repeats names, ports and memory for container engines; a test compares the two.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

Family = Literal["postgres", "redis", "cassandra", "kafka"]
Role = Literal["primary", "replica", "sentinel", "node"]
Size = Literal["standard", "small"]

FAMILIES: tuple[Family, ...] = ("postgres", "redis", "cassandra", "kafka")
BASE_PORT = 21_000
"""Below the ports that Linux hands out by itself, and apart from every server's usual port."""
PORTS_OF_A_STACK = 100
POSTGRES_CLUSTERS = 2


class Memory(msgspec.Struct, frozen=True):
    """In MiB: ``limit`` bounds the process, ``own`` is what the server is told to keep to (heap, cache)."""

    limit: int
    own: int


MEMORY: dict[Size, dict[str, Memory]] = {
    "standard": {
        "postgres": Memory(limit=320, own=64),
        "redis-cache": Memory(limit=320, own=256),
        "redis-state": Memory(limit=640, own=512),
        "sentinel": Memory(limit=32, own=0),
        "cassandra": Memory(limit=1_536, own=640),
        "kafka": Memory(limit=640, own=256),
    },
    "small": {
        "postgres": Memory(limit=256, own=32),
        "redis-cache": Memory(limit=160, own=96),
        "redis-state": Memory(limit=256, own=192),
        "sentinel": Memory(limit=32, own=0),
        "cassandra": Memory(limit=1_024, own=320),
        "kafka": Memory(limit=448, own=192),
    },
}
"""Per server. ``standard`` with one node each adds up to less than 6 GiB; ``small`` is for tests."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One process. ``group`` is what it replicates with: a cluster, or a primary and its replica.

    ``ports`` holds every port it listens on by purpose; the one clients use is ``port``.
    """

    name: str
    family: Family
    role: Role
    group: str
    number: int
    host: str
    ports: dict[str, int]
    memory: Memory

    @property
    def port(self) -> int:
        return self.ports["client"]


def servers(nodes: int = 1, base_port: int = BASE_PORT, size: Size = "standard") -> tuple[Server, ...]:
    """Every server of a stack in the order in which they start.

    ``nodes`` (1 or 3) counts the Cassandra nodes, the Kafka brokers and the Redis Sentinels.
    """
    memory = MEMORY[size]
    return (
        *_postgres(base_port + 10, memory),
        *_redis(base_port + 20, nodes, memory),
        *_cassandra(base_port + 30, nodes, memory),
        *_kafka(base_port + 40, nodes, memory),
    )


def group_of(all_servers: tuple[Server, ...], group: str) -> tuple[Server, ...]:
    """The servers that replicate with one another under this name."""
    return tuple(one for one in all_servers if one.group == group)


def _postgres(port: int, memory: dict[str, Memory]) -> Iterator[Server]:
    for cluster in range(POSTGRES_CLUSTERS):
        yield from _pair("postgres", f"postgres-{cluster}", port + 2 * cluster, memory["postgres"])


def _redis(port: int, nodes: int, memory: dict[str, Memory]) -> Iterator[Server]:
    for index, group in enumerate(("redis-cache", "redis-state")):
        yield from _pair("redis", group, port + 2 * index, memory[group])
    for number in range(1, nodes + 1):
        yield Server(
            name=_numbered("redis-sentinel", number, nodes), family="redis", role="sentinel",
            group="redis-sentinel", number=number, host="127.0.0.1",
            ports={"client": port + 5 + number}, memory=memory["sentinel"],
        )  # fmt: skip


def _cassandra(port: int, nodes: int, memory: dict[str, Memory]) -> Iterator[Server]:
    """Every node has an address of its own, so all of them share the client's and the storage port."""
    for number in range(1, nodes + 1):
        yield Server(
            name=_numbered("cassandra", number, nodes), family="cassandra", role="node", group="cassandra",
            number=number, host=f"127.0.0.{number}",
            ports={"client": port, "storage": port + 1, "jmx": port + 1 + number}, memory=memory["cassandra"],
        )  # fmt: skip


def _kafka(port: int, nodes: int, memory: dict[str, Memory]) -> Iterator[Server]:
    for number in range(1, nodes + 1):
        first = port + 2 * (number - 1)
        yield Server(
            name=_numbered("kafka", number, nodes), family="kafka", role="node", group="kafka",
            number=number, host="127.0.0.1", ports={"client": first, "controller": first + 1},
            memory=memory["kafka"],
        )  # fmt: skip


def _pair(family: Family, group: str, port: int, memory: Memory) -> Iterator[Server]:
    """A primary under the group's own name, and its replica on the next port."""
    roles: tuple[tuple[Role, str], ...] = (("primary", group), ("replica", f"{group}-replica"))
    for index, (role, name) in enumerate(roles):
        yield Server(
            name=name, family=family, role=role, group=group, number=index + 1, host="127.0.0.1",
            ports={"client": port + index}, memory=memory,
        )  # fmt: skip


def _numbered(name: str, number: int, nodes: int) -> str:
    return name if nodes == 1 else f"{name}-{number}"
