"""Three Cassandra nodes: one that was away is repaired before it answers clients alone."""

import signal

import pytest
from cassandra import ConsistencyLevel, OperationTimedOut, ReadTimeout
from cassandra import Unavailable as CassandraUnavailable
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import WhiteListRoundRobinPolicy

from pipelines.stack.cassandra import nodetool
from pipelines.stack.layout import Stack
from pipelines.stack.processes import end, running
from pipelines.stack.servers import Server
from pipelines.stack.starting import bring_up
from tests.servers import wait_until
from tests.stack import Throwaway

pytestmark = pytest.mark.slow(70)

ROWS = 200


def test_a_node_that_comes_back_alone_has_what_was_written_without_it(throwaway: Throwaway) -> None:
    with throwaway("cassandra", nodes=3) as stack:
        nodes = [server for server in stack.servers if server.family == "cassandra"]
        write_all_but(stack, nodes[2], nodes[0])
        for node in nodes[:2]:
            assert running(stack.record(node)) is not None
        bring_up(stack, ["cassandra"])
        for node in nodes[:2]:
            kill(stack, node)
        assert values(nodes[2]) == list(range(ROWS))


def kill(stack: Stack, node: Server) -> None:
    process = running(stack.record(node))
    assert process is not None
    end(process, signal.SIGKILL)


def values(node: Server) -> list[int]:
    """What a node says that has nobody left to ask, once it knows that."""
    cluster, session = alone(node, ConsistencyLevel.ONE)
    found: list[int] = []

    def answered() -> bool:
        try:
            found[:] = [row.value for row in session.execute("SELECT value FROM three.kept")]
        except (ReadTimeout, CassandraUnavailable, OperationTimedOut):
            return False
        return True

    wait_until(answered, within=120)
    cluster.shutdown()
    return sorted(found)


def write_all_but(stack: Stack, away: Server, through: Server) -> None:
    """Write at QUORUM while one node is dead, with nothing kept for it to be handed over later."""
    cluster, session = alone(through, ConsistencyLevel.QUORUM)
    session.execute(
        "CREATE KEYSPACE three WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}"
    )
    session.execute("CREATE TABLE three.kept (value int PRIMARY KEY)")
    for node in stack.servers:
        if node.family == "cassandra" and node != away:
            nodetool(stack, node, "disablehandoff")
    kill(stack, away)
    insert = session.prepare("INSERT INTO three.kept (value) VALUES (?)")
    for value in range(ROWS):
        session.execute(insert, (value,))
    cluster.shutdown()


def alone(node: Server, level: int) -> tuple[Cluster, Session]:
    """A connection that speaks to this node only."""
    profile = ExecutionProfile(
        WhiteListRoundRobinPolicy([node.host]), consistency_level=level, request_timeout=60
    )
    cluster = Cluster(
        [node.host], port=node.port, protocol_version=5, execution_profiles={EXEC_PROFILE_DEFAULT: profile}
    )
    return cluster, cluster.connect()
