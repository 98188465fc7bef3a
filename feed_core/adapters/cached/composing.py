"""Puts the caches in front of the stores that have them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from feed_core.adapters.cached.accounts import CachedAccounts
from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.posts import CachedPosts
from feed_core.adapters.cached.timelines import CachedTimelines
from feed_core.model.clock import Clock
from feed_core.ports.cache import Cache


class Composition(NamedTuple):
    """Ports by name; ``close`` ends listening for what other processes forget."""

    ports: dict[str, Any]
    close: Callable[[], None]


def cached(ports: Mapping[str, Any], cache: Cache, clock: Clock) -> Composition:
    """The same ports, of which accounts, posts, graph and timelines are read through ``cache``.

    Every process that writes must write through this, or others keep what was before for the time to live.
    """
    near = Near(cache, clock)
    in_front = {
        "accounts": CachedAccounts(ports["accounts"], cache, near, clock),
        "posts": CachedPosts(ports["posts"], cache, near, clock),
        "graph": CachedGraph(ports["graph"], cache),
        "timelines": CachedTimelines(ports["timelines"], cache, clock),
    }
    return Composition({**ports, **in_front}, near.close)
