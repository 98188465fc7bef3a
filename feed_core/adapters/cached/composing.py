"""Puts the caches in front of the stores that have them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from feed_core.adapters.cached.accounts import CachedAccounts
from feed_core.adapters.cached.ahead import Ahead, Watched
from feed_core.adapters.cached.breaker import Breaker
from feed_core.adapters.cached.counters import CachedCounters
from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.cached.home import Home
from feed_core.adapters.cached.invalidation import CacheInvalidation
from feed_core.adapters.cached.media import CachedMedia
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.posts import CachedPosts
from feed_core.adapters.cached.reactions import CachedReactions
from feed_core.adapters.cached.settings_of_users import CachedSettings
from feed_core.adapters.cached.stories import CachedStories
from feed_core.adapters.cached.timelines import CachedTimelines
from feed_core.model.clock import Clock
from feed_core.ports.cache import Cache
from feed_core.ports.counters import PostCounters


class Composition(NamedTuple):
    """Ports by name; ``counted`` stands before what recounts; ``home`` looks ahead for one reader's timeline;
    ``invalidation`` is for writes that come from elsewhere; ``close`` ends listening for what other processes
    forget."""

    ports: dict[str, Any]
    counted: Callable[[PostCounters], PostCounters]
    home: Home
    invalidation: CacheInvalidation
    close: Callable[[], None]


def cached(stores: Mapping[str, Any], cache: Cache, clock: Clock) -> Composition:
    """Ports equal to ``stores``, of which accounts, graph, media, posts, reactions, settings, stories and
    timelines are read through ``cache``.

    Every process that writes must write through this, or others keep what was before for the time to live.
    Then a read sees every write that any process has finished before. ``posts.shown_many`` alone may come
    from near and be late for as long as another process takes to hear, and who removes what nobody asks for
    any more (``reactions.purge``, ``timelines.forget_before``) lets the caches keep it for its time to live.
    """
    asked = Ahead(Breaker(cache))
    near = Near(asked)
    ports = {name: Watched(store, asked) for name, store in stores.items()}
    in_front = {
        "accounts": CachedAccounts(ports["accounts"], asked, clock),
        "graph": CachedGraph(ports["graph"], asked),
        "media": CachedMedia(ports["media"], asked, clock),
        "posts": CachedPosts(ports["posts"], asked, near, clock),
        "reactions": CachedReactions(ports["reactions"], asked),
        "settings": CachedSettings(ports["settings"], asked, clock),
        "stories": CachedStories(ports["stories"], asked, clock),
        "timelines": CachedTimelines(ports["timelines"], asked, clock),
    }
    counted = partial(CachedCounters, cache=asked)
    home, invalidation = Home(asked, near, clock), CacheInvalidation(near)
    return Composition({**ports, **in_front}, counted, home, invalidation, near.close)
