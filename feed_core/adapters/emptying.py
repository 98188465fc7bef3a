"""Empties the stores of the production profile: for a simulation that begins again, never under a service.

Servers, schemas and settings stay. Redis comes last, so that a mark which a caller keeps there goes last too.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from time import monotonic, sleep

import msgspec
import psycopg
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.adapters.kafka.errors import TIMEOUT_SECONDS, translated, unavailable
from feed_core.adapters.kafka.url import KafkaUrl, read_url
from feed_core.adapters.redis.connecting import open_redis
from feed_core.adapters.redis.connecting import translated as redis_translated
from feed_core.model.errors import Unavailable
from feed_core.model.servers import Servers

_ROWS = """
DO $$ DECLARE one RECORD; BEGIN
  FOR one IN SELECT schemaname, tablename FROM pg_tables
    WHERE (schemaname ~ '^s[0-9]+$' AND tablename <> 'id_ticks') OR tablename = 'id_times'
  LOOP EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename); END LOOP;
  FOR one IN SELECT schemaname FROM pg_tables WHERE tablename = 'id_ticks'
  LOOP EXECUTE format('UPDATE %I.id_ticks SET next = 0', one.schemaname); END LOOP;
END $$
"""
"""Ids begin again with the rows, so that the same history gets the same ids again."""
_TABLES = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?"
_KEPT = {"schema_migrations", "schema_lock"}
_KEYS = 1_000


def empty_production(servers: Servers) -> None:
    """Remove every person, post, event, cached value and place of a consumer. Raises ``Unavailable``."""
    _empty_kafka(read_url(servers.kafka_url))
    _empty_cassandra(servers.cassandra_url)
    for url in servers.postgres_urls.split():
        _empty_postgres(url)
    for url in (servers.redis_cache_url, servers.redis_url):
        _empty_redis(url)


def _empty_kafka(url: KafkaUrl) -> None:
    """The topics go, and what groups have kept about them; the log makes topics anew."""
    admin, ours = AdminClient({"bootstrap.servers": url.brokers}), f"{url.prefix}."
    with translated("remove its topics"):
        groups = admin.list_consumer_groups(request_timeout=TIMEOUT_SECONDS).result(TIMEOUT_SECONDS)
        names = [group.group_id for group in groups.valid if group.group_id.startswith(ours)]
        for name in names:
            _until(partial(_forget_group, admin, name))
        topics = _topics(admin, ours)
        for future in admin.delete_topics(topics).values() if topics else ():
            future.result(TIMEOUT_SECONDS)
        _until(lambda: not _topics(admin, ours))


def _forget_group(admin: AdminClient, name: str) -> bool:
    """False while a member is left: one that was killed is missed after some seconds."""
    try:
        admin.delete_consumer_groups([name])[name].result(TIMEOUT_SECONDS)
    except KafkaException as error:
        if error.args[0].code() not in {KafkaError.NON_EMPTY_GROUP, KafkaError.GROUP_ID_NOT_FOUND}:
            raise
        return bool(error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND)
    return True


def _until(gone: Callable[[], bool]) -> None:
    deadline = monotonic() + TIMEOUT_SECONDS
    while not gone():
        if monotonic() > deadline:
            raise unavailable("be emptied", "somebody still uses it")
        sleep(0.1)


def _topics(admin: AdminClient, prefix: str) -> list[str]:
    return [name for name in admin.list_topics(timeout=TIMEOUT_SECONDS).topics if name.startswith(prefix)]


def _empty_cassandra(url: str) -> None:
    session = open_cassandra(msgspec.structs.replace(cassandra_url(url), timeout_ms=60_000))
    try:
        tables = {name for (name,) in session.rows(_TABLES, session.keyspace)} - _KEPT
        with ThreadPoolExecutor(4) as pool:
            deque(pool.map(lambda table: session.run(f"TRUNCATE {table}"), sorted(tables)), maxlen=0)
    finally:
        session.close()


def _empty_postgres(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute(_ROWS)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "Postgres does not answer.", fix="Check the servers: loupe stack status."
        ) from error


def _empty_redis(url: str) -> None:
    store = open_redis(url)
    with redis_translated("be emptied"):
        found = store.client.scan_iter(match=store.key("*"), count=_KEYS)
        while names := list(islice(found, _KEYS)):
            store.client.unlink(*names)
    store.client.close()
