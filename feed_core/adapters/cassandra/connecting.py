"""Opens a session: token-aware within one data centre, protocol 5, with the keyspace there and migrated."""

import logging

from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable
from cassandra.policies import (
    ConstantSpeculativeExecutionPolicy,
    DCAwareRoundRobinPolicy,
    ExponentialReconnectionPolicy,
    SpeculativeExecutionPolicy,
    TokenAwarePolicy,
)
from cassandra.query import tuple_factory

from feed_core.adapters.cassandra.migrating import migrate
from feed_core.adapters.cassandra.retrying import OnceMore
from feed_core.adapters.cassandra.session import READS, CassandraSession
from feed_core.adapters.cassandra.timestamps import Timestamps
from feed_core.adapters.cassandra.url import CassandraUrl
from feed_core.model.errors import Unavailable

_SLOW_SECONDS = 0.05
"""When a second replica is asked as well."""


def open_cassandra(url: CassandraUrl) -> CassandraSession:
    """A session in the URL's keyspace, which is made and migrated when it is behind.

    Raises ``Unavailable`` when no host answers.
    """
    logging.getLogger("cassandra.protocol").setLevel(logging.ERROR)  # each batch would warn of its partitions
    times = Timestamps()
    cluster = _cluster(url, times)
    try:
        session = cluster.connect()
        session.execute(
            f"CREATE KEYSPACE IF NOT EXISTS {url.keyspace} WITH replication ="
            f" {{'class': 'NetworkTopologyStrategy', '{url.datacenter}': {url.copies}}}",
            timeout=60,
        )
        session.set_keyspace(url.keyspace)
    except NoHostAvailable as error:
        cluster.shutdown()
        hosts = ", ".join(url.hosts)
        raise Unavailable(
            f"Cassandra at {hosts} port {url.port} does not answer.", fix="Start it: loupe stack up."
        ) from error
    levels = ConsistencyLevel.name_to_value
    opened = CassandraSession(session, times, levels[url.reads], levels[url.writes])
    migrate(opened)
    return opened


def _cluster(url: CassandraUrl, times: Timestamps) -> Cluster:
    twice = ConstantSpeculativeExecutionPolicy(_SLOW_SECONDS, 1)
    cluster = Cluster(
        list(url.hosts),
        url.port,
        protocol_version=5,
        control_connection_timeout=10,
        connect_timeout=10,
        execution_profiles={EXEC_PROFILE_DEFAULT: _profile(url), READS: _profile(url, twice)},
        reconnection_policy=ExponentialReconnectionPolicy(0.2, 5, max_attempts=None),
    )
    cluster.timestamp_generator = times
    return cluster


def _profile(url: CassandraUrl, speculative: SpeculativeExecutionPolicy | None = None) -> ExecutionProfile:
    return ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy(url.datacenter)),
        retry_policy=OnceMore(),
        consistency_level=ConsistencyLevel.name_to_value[url.writes],
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        request_timeout=url.timeout_ms / 1_000,
        row_factory=tuple_factory,
        speculative_execution_policy=speculative,
    )
