"""Where the servers of the production profile are, as URLs."""

import msgspec


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """One field a server family; each becomes a variable such as ``LOUPE_CASSANDRA_URL``.

    ``postgres_urls`` are the clusters' primaries in the order in which they were made, separated by spaces;
    ``postgres_replica_urls`` their streaming replicas, in the same order. ``redis_url`` is where nothing is
    evicted, ``redis_cache_url`` where everything may be. ``mlflow_url`` is the Postgres of MLflow's runs.
    """

    postgres_urls: str = ""
    cassandra_url: str = ""
    redis_url: str = ""
    redis_cache_url: str = ""
    kafka_url: str = ""
    postgres_replica_urls: str = ""
    mlflow_url: str = ""
