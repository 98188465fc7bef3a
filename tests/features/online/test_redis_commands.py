"""What Redis is asked for when feature rows are read: nothing more than one MGET a view."""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

import numpy as np
import pytest

from features.definitions import VIEW_BY_NAME, Scalar, View
from features.online import PackedRows
from features.online.redis import RedisOnlineRows
from feed_core.redis_client import RedisStore
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys

WIDE = View("wide", ("post",), (Scalar("a"), Scalar("b")))
PAIR = View("pair", ("user", "author"), (Scalar("a"), Scalar("b")))
CANDIDATES = VIEW_BY_NAME["user_candidates"]


@pytest.fixture
def redis_store(redis_server: Stack) -> Iterator[RedisStore]:
    with fresh_keys(redis_server) as store:
        yield store


def commands_of(store: RedisStore, act: Callable[[], object]) -> list[list[str]]:
    """Every command that the server got through the store's client while ``act`` ran."""
    client = store.client
    with client.monitor() as monitor:
        mine = client.client_info()["addr"]
        act()
        client.echo("that was all")
        heard = [*takewhile(lambda each: not each.startswith("ECHO"), _of(monitor, mine))]
    return [each.split() for each in heard[heard.index("CLIENT INFO") + 1 :]]


def _of(monitor: Any, address: str) -> Iterator[str]:
    for each in monitor.listen():
        if f"{each['client_address']}:{each['client_port']}" == address:
            yield each["command"]


def test_a_request_for_many_keys_of_several_views_is_one_mget_a_view(redis_store: RedisStore) -> None:
    online, posts, pairs = RedisOnlineRows(redis_store), np.arange(1, 2_501), np.array([[1, 5], [1, 7]])
    online.write_many(WIDE, PackedRows(posts, np.ones((2_500, 2), np.float32), posts))
    online.write_many(PAIR, PackedRows(pairs[:1], np.ones((1, 2), np.float32), np.array([30])))
    views = (WIDE, PAIR, CANDIDATES)
    keys = {("post",): np.append(posts, [3, 3]), ("user", "author"): pairs, ("user",): np.array([1])}
    read: dict[str, Any] = {}
    commands = commands_of(redis_store, lambda: read.update(online.read_views(views, keys)))
    assert [(name, len(names)) for name, *names in commands] == [("MGET", 2_500), ("MGET", 2), ("MGET", 1)]
    for view, (_, *names) in zip(views, commands, strict=True):
        assert all(name.startswith(redis_store.key(f"rows:{view.name}:")) for name in names)
    assert read["wide"].event_times.tolist() == [*posts, 3, 3]
    assert read["pair"].event_times.tolist() == [30, 0]


def test_a_view_without_keys_asks_nothing(redis_store: RedisStore) -> None:
    online = RedisOnlineRows(redis_store)
    keys = {("post",): np.zeros(0, np.int64), ("user",): np.array([1])}
    commands = commands_of(redis_store, lambda: online.read_views((WIDE, CANDIDATES), keys))
    assert commands == [["MGET", redis_store.key("rows:user_candidates:1")]]
