"""Loupe as it is run, seeded with a crowd: ``loupe serve``, and ``loupe work`` beside it on real servers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.core import FeedCore
from feed_core.ports.timelines import Timelines
from feed_core.stores import migrate_postgres, open_stores
from pipelines.stack.layout import Stack
from tests.benchmarks.crowd import Crowd, await_delivery, seed
from tests.faults.processes import api, free_port
from tests.faults.production import product
from tests.postgres_shards import databases
from tests.production_stores import own_places


class Served(NamedTuple):
    """``base`` is the API's address; ``stored`` shows what was delivered, past every cache."""

    base: str
    crowd: Crowd
    stored: Timelines


@contextmanager
def on_servers(stack: Stack) -> Iterator[Served]:
    """On databases, a keyspace, topics and keys of its own, which are gone afterwards."""
    with own_places(stack) as places, databases(stack) as urls, tempfile.TemporaryDirectory() as folder:
        servers = msgspec.structs.replace(places, postgres_urls=" ".join(urls))
        migrate_postgres(urls)
        home = Path(folder)
        crowd = _seeded(FeedCore.open(home, servers=servers), "Real servers")
        session = open_cassandra(cassandra_url(servers.cassandra_url))
        try:
            with product(stack, servers, home, apis=1) as running:
                stored = CassandraTimelines(session)
                await_delivery(stored, crowd, "Real servers")
                yield Served(running.bases[0], crowd, stored)
        finally:
            session.close()


@contextmanager
def embedded() -> Iterator[Served]:
    """In a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        crowd = _seeded(FeedCore.open(home), "Embedded")
        port = free_port()
        serving, stores = api(home, {"LOUPE_PROFILE": "embedded"}, port), open_stores(home)
        try:
            serving.start()
            await_delivery(stores.timelines, crowd, "Embedded")
            yield Served(f"http://127.0.0.1:{port}", crowd, stores.timelines)
        finally:
            serving.stop()
            stores.close()


def _seeded(core: FeedCore, title: str) -> Crowd:
    try:
        return seed(core, title)
    finally:
        core.close()
