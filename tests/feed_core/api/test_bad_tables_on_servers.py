"""The tables of bad input on the real servers: refused as they are embedded, and nothing is left of it.

What the servers hold is read whole before and after: each row of Postgres and Cassandra, each key of Redis,
and where the event log ends.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.adapters.redis.connecting import open_redis
from feed_core.model.events import TOPICS
from feed_core.model.servers import Servers
from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import event, filled
from tests.feed_core.api.test_bad_tables import EVERY, sent

pytestmark = pytest.mark.slow(25)
TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'
AND tablename NOT IN ('id_ticks', 'ids_given', 'id_times')
"""
"""Without what ids are made from: one may be made for what is refused then."""
Held = dict[str, Any]


def test_every_case_is_refused_as_embedded_and_leaves_nothing_on_any_server(
    worlds: tuple[World, World], servers: Servers
) -> None:
    embedded, real = worlds
    before = settled(servers, real)
    wrong = []
    for case in EVERY.values():
        expected, answer = told(sent(embedded, case)), told(sent(real, case))
        if answer != expected or not 400 <= answer[0] < 500:
            wrong.append(f"{case} → {answer}, embedded {expected}")
    assert not wrong, "\n".join(wrong[:20])
    assert changes(before, dict(held(servers, real))) == set()
    taken = real.api.post("/v1/events", json=filled(event(), real), headers={"Idempotency-Key": "taken"})
    assert taken.status_code == 202
    families = {one.partition(" ")[0] for one in changes(before, dict(held(servers, real)))}
    assert families >= {"postgres", "cassandra", "log"}  # what is written does show


def told(answer: httpx.Response) -> tuple[int, str, str, str]:
    problem = answer.json()
    kind = answer.headers["content-type"]
    return answer.status_code, kind, problem["type"], str([fault["path"] for fault in problem["errors"]])


def changes(before: Held, after: Held) -> set[str]:
    """Where more, less or something else is; a key of Redis that ran out meanwhile is no change."""
    gone = {name for name in before.keys() - after.keys() if not name.startswith("redis ")}
    return gone | {name for name, value in after.items() if before.get(name) != value}


def settled(servers: Servers, world: World) -> Held:
    """What is held once nothing more comes of the writes that made the world."""
    found: Held = {}
    while (again := dict(held(servers, world))) != found:
        found = again
    assert {name.partition(" ")[0] for name in found} >= {"postgres", "cassandra", "log"}
    return found


def held(servers: Servers, world: World) -> Iterator[tuple[str, Any]]:
    for number, url in enumerate(servers.postgres_urls.split()):
        yield from ((f"postgres {number} {name}", rows) for name, rows in postgres_rows(url))
    yield from ((f"cassandra {name}", rows) for name, rows in cassandra_rows(servers.cassandra_url))
    yield from ((f"redis {name}", value) for name, value in redis_values(servers.redis_url))
    yield from ((f"log {topic}", end) for topic, end in world.core.stores.events.ends(TOPICS).items())


def postgres_rows(url: str) -> Iterator[tuple[str, list[str]]]:
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            rows = connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t ORDER BY 1').fetchall()
            yield f"{schema}.{table}", [text for (text,) in rows]


def cassandra_rows(url: str) -> Iterator[tuple[str, list[str]]]:
    session = open_cassandra(cassandra_url(url))
    tables = session.rows(
        "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", session.keyspace
    )
    for (table,) in tables:
        yield table, sorted(map(repr, session.rows(f"SELECT * FROM {table}")))
    session.close()


def redis_values(url: str) -> Iterator[tuple[str, bytes]]:
    """Without rate limits, which count tries that fail on purpose."""
    store = open_redis(url)
    for key in store.client.scan_iter(match=f"{store.prefix}:*", count=1_000):
        if b":rate:" not in key:
            yield key.decode(), store.client.dump(key)
    store.client.close()
