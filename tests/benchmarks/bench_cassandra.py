"""Speeds of the Cassandra adapters on one real node, through the ports alone.

Run ``python -m tests.benchmarks.bench_cassandra [--url cassandra://…]``. Without a URL it starts a Cassandra
of its own. It works in a keyspace of its own, which is dropped at the end.
"""

import argparse
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

import msgspec
import numpy as np

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.counters import CassandraPostCounters
from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.adapters.cassandra.notifications import CassandraNotifications
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.model.clock import DAY, SystemClock
from feed_core.model.notifications import Notification
from feed_core.model.posts import Post
from feed_core.model.timelines import NEWEST, Entry
from feed_core.ports.graph import Edge
from feed_core.ports.reactions import Reaction
from feed_core.ports.timelines import Delivery
from pipelines.stack.environment import environment
from tests.stack import pytest_configure, stack_of_its_own

FOLLOWERS, POSTS, READS = 1_000, 100, 1_000
LIKERS, LIKES = 16, 250
NOW = SystemClock().now()
_ROW = "INSERT INTO user_feed (reader_id, delivered_at, post_id, via_id, author_id) VALUES (?, ?, ?, ?, ?)"


def main() -> None:
    """Measure and print a line a case."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", help="a Cassandra to measure instead of one that is started for it")
    with address(arguments.parse_args().url) as url, keyspace(url) as session:
        fan_out(session)
        pages(session)
        last_notifications(session)
        one_hot_post(session)
        neighbourhoods(session)


@contextmanager
def address(given: str | None) -> Iterator[str]:
    """The one given, or that of a Cassandra which runs for the length of the block."""
    if given:
        yield given
        return
    pytest_configure()
    with stack_of_its_own("cassandra", size="standard") as stack:
        yield environment(stack)["LOUPE_CASSANDRA_URL"]


@contextmanager
def keyspace(url: str) -> Iterator[CassandraSession]:
    """A new keyspace for the length of the block."""
    name = f"bench_{secrets.token_hex(4)}"
    session = open_cassandra(msgspec.structs.replace(cassandra_url(url), keyspace=name, timeout_ms=60_000))
    try:
        yield session
    finally:
        session.run(f"DROP KEYSPACE {name}")
        session.close()


def fan_out(session: CassandraSession) -> None:
    """Rows a second, as the worker delivers posts to 1,000 followers each, and row by row for comparison."""
    timelines = CassandraTimelines(session)
    posts = [entry(number) for number in range(POSTS)]
    for size in (1, 10, POSTS):
        began = time.perf_counter()
        for at in range(0, POSTS, size):
            timelines.deliver([Delivery(r, e) for e in posts[at : at + size] for r in range(FOLLOWERS)])
        rate(f"deliver to {FOLLOWERS:,} followers, {size} posts a call", POSTS * FOLLOWERS, began)
    rows = ((reader, 1, 2, 3, 4) for reader in range(10_000))
    began = time.perf_counter()
    session.write(_ROW, rows)
    rate("the same rows, a request each", 10_000, began)
    began = time.perf_counter()
    timelines.withdraw_posts([posts[0].post_id])
    rate(f"withdraw a post from {FOLLOWERS:,} feeds", FOLLOWERS, began)


def pages(session: CassandraSession) -> None:
    """A page of a feed that holds 100 posts, with the posts on it."""
    timelines, stored = CassandraTimelines(session), CassandraPosts(session)
    stored.put([post(number) for number in range(POSTS)])
    began = time.perf_counter()
    stored.put([post(number) for number in range(POSTS, 10 * POSTS)])
    rate("store posts, 900 a call", 9 * POSTS, began)

    def page(number: int) -> None:
        (found,) = timelines.read([(number % FOLLOWERS, NEWEST, 20)], NOW - 30 * DAY)
        if len(found) != 20 or len(stored.get_many([each.post_id for each in found])) != 20:
            raise SystemExit("A page is not full.")

    latency("a page of 20 from user_feed, with its posts", page)
    latency("publish: a post and its lists", lambda number: stored.put([post(10_000 + number)]))
    latency("the newest 20 of anyone", lambda _: stored.newest(NOW - 30 * DAY, 20))


def last_notifications(session: CassandraSession) -> None:
    """The head of a partition of 1,000."""
    notifications = CassandraNotifications(session)
    notifications.put(
        [
            Notification(user_id=1, notification_id=n, at=NOW - n, kind="like", actor_id=n, post_id=5)
            for n in range(1, 1_001)
        ]
    )
    latency("the last 20 notifications", lambda _: notifications.below(1, NEWEST[:2], 20))


def one_hot_post(session: CassandraSession) -> None:
    """Likes of one post by 16 threads, each a call of its own, and whether the count is right after it."""
    reactions, counters = CassandraReactions(session), CassandraPostCounters(session)

    def like(liker: int) -> None:
        for number in range(LIKES):
            reactions.add("like", [Reaction(1 + liker * LIKES + number, 77, NOW)])

    began = time.perf_counter()
    with ThreadPoolExecutor(LIKERS) as pool:
        list(pool.map(like, range(LIKERS)))
    rate(f"likes of one post by {LIKERS} threads", LIKERS * LIKES, began)
    users = range(1, LIKERS * LIKES + 1)
    began = time.perf_counter()
    counters.recount_touched("like", [(77, user) for user in users])
    rate("recount them", LIKERS * LIKES, began)
    count = CassandraPosts(session).counts_many([77])[77].likes
    print(f"{'their count':58}{count:12,} {'right' if count == len(users) else 'WRONG'}")


def neighbourhoods(session: CassandraSession) -> None:
    """Followers of one person and of many."""
    graph = CassandraGraph(session)
    edges = [Edge(1_000 + n, 1 + n % 100, NOW) for n in range(20_000)]
    began = time.perf_counter()
    graph.add("follow", edges)
    rate("follows, 20,000 a call", len(edges), began)
    latency("the 200 followers of a person", lambda n: graph.source_ids("follow", [1 + n % 100]))
    began = time.perf_counter()
    graph.source_ids("follow", range(1, 101))
    rate("the followers of 100 people, edges", len(edges), began)


def entry(number: int) -> Entry:
    return Entry(delivered_at=NOW - number, post_id=1_000 + number, via_id=number % 7, author_id=number % 7)


def post(number: int) -> Post:
    at = NOW - number
    return Post(
        post_id=1_000 + number, author_id=number % 7, caption="c" * 200, hashtags=("sun", "sea"), mentions=(),
        place="", media=(), created_at=at, updated_at=at,
    )  # fmt: skip


def rate(name: str, count: int, began: float) -> None:
    """One line: how many a second since ``began``."""
    print(f"{name:58}{count / (time.perf_counter() - began):12,.0f} a second", flush=True)


def latency(name: str, act: Callable[[int], object]) -> None:
    """One line: milliseconds of one call after another, after a tenth for warming up."""
    taken = []
    for number in range(READS):
        began = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - began) * 1_000)
    p50, p95, p99 = np.percentile(list(islice(taken, READS // 10, None)), [50, 95, 99])
    print(f"{name:58} p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f} ms", flush=True)


if __name__ == "__main__":
    main()
