"""The composition has every port, those with caches in front of the same stores."""

from feed_core.adapters.cached.composing import cached
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.clock import SystemClock
from tests.feed_core.adapters.cached.test_equal import post, user


def test_two_processes_read_what_either_wrote(database: Database, cache: RedisCache) -> None:
    plain = {
        "accounts": SqliteAccounts(database),
        "posts": SqlitePosts(database),
        "graph": SqliteGraph(database),
        "timelines": SqliteTimelines(database),
        "comments": SqliteComments(database),
    }
    one, two = cached(plain, cache, SystemClock()), cached(plain, cache, SystemClock())
    assert one.ports.keys() == plain.keys()
    assert one.ports["comments"] is plain["comments"]
    assert two.ports["posts"].get_many([1]) == {}
    one.ports["accounts"].add([user(1, 2)])
    one.ports["posts"].put([post(2, 5)])
    assert two.ports["accounts"].get_many([1]) == {1: user(1, 2)}
    assert two.ports["accounts"].ids_of(["u1"]) == {"u1": 1}
    assert two.ports["posts"].get_many([2]) == {2: post(2, 5)}
    one.close()
    two.close()
