"""Wires the stores into the services and the workers: the one object that a program holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from feed_core.model.clock import Clock, SystemClock
from feed_core.model.events import Topic
from feed_core.model.ids import IdFactory
from feed_core.model.timelines import TimelineMode
from feed_core.ports.event_log import LogRecord
from feed_core.services.accounts import AccountService
from feed_core.services.comments import CommentService
from feed_core.services.engagement import EngagementService
from feed_core.services.graph import GraphService
from feed_core.services.idempotency import Idempotency
from feed_core.services.impressions import ImpressionService
from feed_core.services.posts import PostService
from feed_core.services.repair import RepairService
from feed_core.services.timelines import HORIZON_MS, TimelineService
from feed_core.stores import Stores, open_stores
from feed_core.workers.consumer import Consumer
from feed_core.workers.fan_out import FanOut
from feed_core.workers.workers import Workers

CELEBRITY_THRESHOLD = 1_000


@dataclass(frozen=True)
class FeedCore:
    """The services over one home folder. Safe to use from many threads."""

    stores: Stores
    clock: Clock
    ids: IdFactory
    accounts: AccountService
    graph: GraphService
    posts: PostService
    comments: CommentService
    engagement: EngagementService
    timelines: TimelineService
    impressions: ImpressionService
    idempotency: Idempotency
    repair: RepairService
    workers: Workers

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        clock: Clock | None = None,
        mode: TimelineMode = "hybrid",
        celebrity_threshold: int = CELEBRITY_THRESHOLD,
        horizon_ms: int = HORIZON_MS,
    ) -> "FeedCore":
        """Open the embedded stores in ``home``, made when absent.

        ``mode`` and ``celebrity_threshold`` may change between two openings; no timeline does.
        ``horizon_ms`` is how far back timelines reach from ``clock``; a longer one than before reaches
        further for new follows alone.
        Raises ``Corrupt`` and ``Unavailable`` as ``open_stores`` does.
        """
        clock = clock or SystemClock()
        s = open_stores(home)
        tx, ids = s.transactions, IdFactory(clock, reserve=s.id_times.reserve)
        graph = GraphService(s.graph, s.accounts, s.events, tx, clock, ids)
        threshold = celebrity_threshold if mode == "hybrid" else None
        fan_out = FanOut(s.timelines, s.posts, s.graph, s.accounts, clock, threshold, horizon_ms)
        return cls(
            stores=s,
            clock=clock,
            ids=ids,
            accounts=AccountService(s.accounts, clock, ids),
            graph=graph,
            posts=PostService(s.posts, s.accounts, s.events, tx, clock, ids),
            comments=CommentService(s.comments, s.posts, s.accounts, s.graph, s.events, tx, clock, ids),
            engagement=EngagementService(s.reactions, s.posts, s.accounts, s.graph, s.events, tx, clock, ids),
            timelines=TimelineService(s.timelines, s.posts, graph, s.accounts, tx, clock, mode, horizon_ms),
            impressions=ImpressionService(s.decisions, s.posts, s.accounts, s.events, tx, clock, ids),
            repair=RepairService(s.accounts, s.graph, s.posts, s.reactions, s.comments, tx),
            idempotency=Idempotency(s.idempotency, tx, clock),
            workers=Workers(()) if mode == "pull" else _pushing(fan_out, s),
        )

    def drain(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Run all workers until the log is consumed; answers how many records were taken."""
        return self.workers.drain(progress)

    def close(self) -> None:
        """Close the stores."""
        self.stores.close()


def _pushing(fan_out: FanOut, stores: Stores) -> Workers:
    """The workers that push, after the threshold of ``fan_out`` was applied to whoever it concerns now."""
    with stores.transactions.transaction():
        fan_out.reconcile()
    topics: tuple[tuple[Topic, Callable[[Sequence[LogRecord]], None], int], ...] = (
        ("graph", fan_out.on_graph, 1_000),
        ("posts", fan_out.on_posts, 200),
        ("engagement", fan_out.on_engagement, 2_000),
    )
    return Workers(
        tuple(
            Consumer("fan-out", topic, handle, stores.events, stores.transactions, batch)
            for topic, handle, batch in topics
        )
    )
