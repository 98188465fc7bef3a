"""The settings that the production profile needs to find this stack, printed and kept in a file."""

from pathlib import Path

import msgspec

from pipelines.stack.cassandra import DATACENTER
from pipelines.stack.layout import Stack, write_private
from pipelines.stack.postgres import DATABASE, TRACKING_DATABASE
from pipelines.stack.servers import Server, group_of
from pipelines.stack.variables import FILE


def environment(stack: Stack) -> dict[str, str]:
    """The ``LOUPE_*`` variables by name. Lists are separated by spaces, which no URL holds."""
    servers = stack.servers
    postgres = [one for one in servers if one.family == "postgres"]
    cassandra = group_of(servers, "cassandra")
    nodes = ",".join(_address(node) for node in cassandra)
    brokers = ",".join(_address(broker) for broker in group_of(servers, "kafka"))
    return {
        "LOUPE_POSTGRES_URLS": " ".join(
            _postgres(stack, one, DATABASE) for one in postgres if one.role == "primary"
        ),
        "LOUPE_POSTGRES_REPLICA_URLS": " ".join(
            _postgres(stack, one, DATABASE) for one in postgres if one.role == "replica"
        ),
        "LOUPE_CASSANDRA_URL": f"cassandra://{nodes}/loupe?datacenter={DATACENTER}&copies={len(cassandra)}",
        "LOUPE_REDIS_CACHE_URL": _redis(stack, "redis-cache"),
        "LOUPE_REDIS_URL": _redis(stack, "redis-state"),
        "LOUPE_KAFKA_URL": f"kafka://{brokers}",
        "LOUPE_MLFLOW_URL": _postgres(stack, postgres[0], TRACKING_DATABASE),
    }


def write_environment(stack: Stack) -> Path:
    """Write the variables into the stack's folder, readable by its owner alone."""
    path = stack.home / FILE
    write_private(path, msgspec.json.format(msgspec.json.encode(environment(stack)), indent=2))
    return path


def _address(server: Server) -> str:
    return f"{server.host}:{server.port}"


def _postgres(stack: Stack, server: Server, database: str) -> str:
    return f"postgresql://{DATABASE}:{stack.secrets.postgres}@{_address(server)}/{database}"


def _redis(stack: Stack, group: str) -> str:
    """Through the Sentinels, who know which of the two leads now."""
    sentinels = ",".join(_address(one) for one in group_of(stack.servers, "redis-sentinel"))
    return f"redis+sentinel://:{stack.secrets.redis}@{sentinels}/{group}"
