"""The Redis servers that run keep to their memory: one use makes room by dropping, the other never drops."""

import pytest

from pipelines.stack import redis
from pipelines.stack.layout import Stack
from pipelines.stack.servers import group_of
from tests.servers import fresh_keys


@pytest.mark.parametrize(("group", "policy"), [("redis-cache", "allkeys-lfu"), ("redis-state", "noeviction")])
def test_every_server_has_the_limit_and_the_policy_of_its_use(
    redis_server: Stack, group: str, policy: str
) -> None:
    members = group_of(redis_server.servers, group)
    assert {server.role for server in members} == {"primary", "replica"}
    for server in members:
        with redis.client(redis_server, server) as client:
            told = client.config_get("maxmemory", "maxmemory-policy")
        assert told == {"maxmemory": str(server.memory.own << 20), "maxmemory-policy": policy}


@pytest.mark.parametrize(
    ("use", "policy"),
    [("LOUPE_REDIS_CACHE_URL", "allkeys-lfu"), ("LOUPE_REDIS_URL", "noeviction")],
    ids=["caches", "sessions and online rows"],
)
def test_an_address_leads_to_the_server_of_its_use(redis_server: Stack, use: str, policy: str) -> None:
    with fresh_keys(redis_server, use) as store:
        assert store.client.config_get("maxmemory-policy") == {"maxmemory-policy": policy}
