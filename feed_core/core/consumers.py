"""The workers of a core: which handler takes which topic, and how many records at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from feed_core.model.clock import Clock
from feed_core.model.events import Topic
from feed_core.model.timelines import TimelineMode
from feed_core.ports.event_log import LogRecord
from feed_core.stores import Stores
from feed_core.workers.cache_invalidation import InvalidateCaches
from feed_core.workers.consumer import Consumer
from feed_core.workers.counters import Counters
from feed_core.workers.fan_out import FanOut
from feed_core.workers.notifications import NotifyPeople
from feed_core.workers.workers import Workers

Handler = tuple[str, Topic, Callable[[Sequence[LogRecord]], None], int]


def workers_over(s: Stores, clock: Clock, mode: TimelineMode, threshold: int, horizon_ms: int) -> Workers:
    """All of them, side by side where stores are asked over a network."""
    handlers = (
        *(_pushing(s, clock, mode, threshold, horizon_ms) if mode != "pull" else ()),
        *_invalidating(s),
        *_notifying(s),
        *_counting(s),
    )
    consumers = [
        Consumer(group, topic, handle, s.events, s.transactions, batch, clock)
        for group, topic, handle, batch in handlers
    ]
    groups = len({consumer.group for consumer in consumers})
    return Workers(consumers, ThreadPoolExecutor(groups, "loupe-workers") if s.remote else None)


def _pushing(
    s: Stores, clock: Clock, mode: TimelineMode, threshold: int, horizon_ms: int
) -> tuple[Handler, ...]:
    """Fan-out, after the threshold was applied to whoever it concerns now."""
    over = threshold if mode == "hybrid" else None
    fan_out = FanOut(s.timelines, s.posts, s.graph, s.accounts, s.activity, clock, over, horizon_ms)
    with s.transactions.transaction():
        fan_out.reconcile()
    return (
        ("fan-out", "graph", fan_out.on_graph, 1_000),
        ("fan-out", "posts", fan_out.on_posts, 200),
        ("fan-out", "engagement", fan_out.on_engagement, 2_000),
    )


def _invalidating(s: Stores) -> tuple[Handler, ...]:
    if s.invalidation is None:
        return ()
    caches = InvalidateCaches(s.invalidation)
    return (
        ("cache-invalidation", "graph", caches.on_graph, 1_000),
        ("cache-invalidation", "posts", caches.on_posts, 1_000),
    )


def _notifying(s: Stores) -> tuple[Handler, ...]:
    people = NotifyPeople(s.notifications, s.posts, s.comments, s.reactions, s.graph, s.accounts, s.settings)
    return (
        ("notifications", "graph", people.on_graph, 1_000),
        ("notifications", "posts", people.on_posts, 1_000),
        ("notifications", "comments", people.on_comments, 1_000),
        ("notifications", "engagement", people.on_engagement, 2_000),
    )


def _counting(s: Stores) -> tuple[Handler, ...]:
    """Where the stores do not count inside of writes."""
    if s.counters is None:
        return ()
    counters = Counters(s.counters, s.comments)
    return (
        ("counters", "engagement", counters.on_engagement, 2_000),
        ("counters", "comments", counters.on_comments, 2_000),
    )
