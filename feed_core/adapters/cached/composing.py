"""Puts the caches in front of the stores that have them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from feed_core.adapters.cached.accounts import CachedAccounts
from feed_core.adapters.cached.breaker import Breaker
from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.cached.media import CachedMedia
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.posts import CachedPosts
from feed_core.adapters.cached.stories import CachedStories
from feed_core.adapters.cached.timelines import CachedTimelines
from feed_core.model.clock import Clock
from feed_core.ports.cache import Cache


class Composition(NamedTuple):
    """Ports by name; ``close`` ends listening for what other processes forget."""

    ports: dict[str, Any]
    close: Callable[[], None]


def cached(ports: Mapping[str, Any], cache: Cache, clock: Clock) -> Composition:
    """The same ports, of which accounts, graph, media, posts, stories and timelines are read through
    ``cache``.

    Every process that writes must write through this, or others keep what was before for the time to live.
    Then a read sees every write that any process has finished before; ``posts.shown_many`` alone may come
    from near and be late for as long as another process takes to hear.
    """
    asked = Breaker(cache)
    near = Near(cache)
    in_front = {
        "accounts": CachedAccounts(ports["accounts"], asked, clock),
        "graph": CachedGraph(ports["graph"], asked),
        "media": CachedMedia(ports["media"], asked, clock),
        "posts": CachedPosts(ports["posts"], asked, near, clock),
        "stories": CachedStories(ports["stories"], asked, clock),
        "timelines": CachedTimelines(ports["timelines"], asked, clock),
    }
    return Composition({**ports, **in_front}, near.close)
