"""Wires the stores into the services and the workers: the one object that a program holds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from feed_core.core.consumers import workers_over
from feed_core.core.upkeep import archive_over, repair_over
from feed_core.model.clock import Clock, SystemClock
from feed_core.model.ids import Ids
from feed_core.model.servers import Servers
from feed_core.model.timelines import TimelineMode
from feed_core.services.accounts import AccountService
from feed_core.services.backfill import Backfill
from feed_core.services.comment_threads import CommentThreadService
from feed_core.services.comments import CommentService
from feed_core.services.edges import Edges
from feed_core.services.engagement import EngagementService
from feed_core.services.follow_requests import FollowRequestService
from feed_core.services.graph import GraphService
from feed_core.services.idempotency import Idempotency
from feed_core.services.impressions import ImpressionService
from feed_core.services.limits import Limits
from feed_core.services.media import MediaService
from feed_core.services.muting import Muting
from feed_core.services.notifications import NotificationService
from feed_core.services.passwords import Passwords
from feed_core.services.places import PlaceService
from feed_core.services.posts import PostService
from feed_core.services.profiles import ProfileService
from feed_core.services.regions import RegionService
from feed_core.services.repair import RepairService
from feed_core.services.sessions import SessionService
from feed_core.services.sign_up import SignUpService
from feed_core.services.stories import StoryService
from feed_core.services.timelines import HORIZON_MS, TimelineService
from feed_core.services.user_settings import ALONE, SettingsService
from feed_core.services.visibility import Visibility
from feed_core.stores import Stores, open_production, open_stores
from feed_core.workers.archive import Archive
from feed_core.workers.nightly_repair import NightlyRepair
from feed_core.workers.workers import Workers

CELEBRITY_THRESHOLD = 1_000


@dataclass(frozen=True)
class FeedCore:
    """The services over one home folder. Safe to use from many threads.

    ``mode`` and ``celebrity_threshold`` may change between two openings; no timeline does. ``horizon_ms`` is
    how far back timelines reach from ``clock``; a longer one than before reaches further for new follows
    alone.
    """

    stores: Stores
    clock: Clock
    ids: Ids
    accounts: AccountService
    sign_up: SignUpService
    sessions: SessionService
    profiles: ProfileService
    settings: SettingsService
    regions: RegionService
    limits: Limits
    graph: GraphService
    backfill: Backfill
    requests: FollowRequestService
    visibility: Visibility
    muting: Muting
    posts: PostService
    media: MediaService
    places: PlaceService
    comments: CommentService
    threads: CommentThreadService
    engagement: EngagementService
    stories: StoryService
    notifications: NotificationService
    timelines: TimelineService
    impressions: ImpressionService
    idempotency: Idempotency
    repair: RepairService
    archive: Archive
    nightly: NightlyRepair
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
        passwords: Passwords | None = None,
        servers: Servers | None = None,
        region: str = "",
        durable: bool = True,
    ) -> "FeedCore":
        """Open the stores on ``servers``, or else the embedded ones in ``home``, with ``durable`` False for
        what would be made anew after a power cut.

        Raises ``Corrupt`` and ``Unavailable`` as ``open_stores`` and ``open_production`` do.
        """
        return cls.over(
            open_production(servers) if servers else open_stores(home, durable=durable),
            clock=clock,
            mode=mode,
            celebrity_threshold=celebrity_threshold,
            horizon_ms=horizon_ms,
            passwords=passwords,
            region=region,
        )

    @classmethod
    def over(
        cls, s: Stores, *, clock: Clock | None = None, mode: TimelineMode = "hybrid",
        celebrity_threshold: int = CELEBRITY_THRESHOLD, horizon_ms: int = HORIZON_MS,
        passwords: Passwords | None = None, region: str = "",
    ) -> "FeedCore":  # fmt: skip
        """The services over open stores, which ``close`` closes."""
        clock, passwords = clock or SystemClock(), passwords or Passwords()
        tx, ids, limits = s.transactions, s.ids(clock), Limits(s.rate_limits, clock)
        repair = repair_over(s)
        edges = Edges(s.graph, s.accounts, s.events, clock, ids)
        graph = GraphService(s.graph, s.accounts, edges, tx)
        seen, muting = Visibility(s.accounts, s.graph, s.posts), Muting(s.settings, s.posts)
        settings = SettingsService(s.settings, s.accounts, tx, clock, region or ALONE)
        regions = RegionService(region, s.accounts, settings, s.posts, s.region_counts, tx, clock)
        media = MediaService(s.media, s.events, seen, ids)
        requests = FollowRequestService(edges, s.graph, s.accounts, tx)
        return cls(
            stores=s, clock=clock, ids=ids, limits=limits, graph=graph, requests=requests,
            backfill=Backfill(s.timelines, s.posts, clock, mode, horizon_ms),
            visibility=seen, muting=muting, settings=settings, regions=regions, media=media,
            accounts=AccountService(s.accounts, clock, ids),
            sign_up=SignUpService(s.accounts, s.credentials, passwords, tx, clock, ids),
            sessions=SessionService(s.sessions, s.credentials, s.accounts, limits, passwords, tx, clock),
            profiles=ProfileService(s.accounts, s.sessions, requests, tx, clock),
            posts=PostService(s.posts, s.accounts, s.reactions, media, regions, s.events, tx, clock, ids),
            places=PlaceService(s.posts),
            comments=_comments(s, seen, clock, ids),
            threads=CommentThreadService(s.comments, s.posts, s.reactions, seen),
            engagement=EngagementService(s.reactions, s.posts, s.accounts, seen, s.events, tx, clock, ids),
            stories=StoryService(s.stories, s.accounts, s.graph, seen, tx, clock, ids),
            notifications=NotificationService(s.notifications, s.comments, s.accounts, seen),
            timelines=_timelines(s, graph, seen, muting, clock, mode, horizon_ms),
            impressions=ImpressionService(s.decisions, s.posts, s.accounts, s.events, tx, clock, ids),
            repair=repair,
            idempotency=Idempotency(s.idempotency, tx, clock),
            archive=archive_over(s, clock, horizon_ms),
            nightly=NightlyRepair(repair, clock),
            workers=workers_over(s, clock, mode, celebrity_threshold, horizon_ms),
        )  # fmt: skip

    def drain(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Finish what crashes cut short, and run all workers until the log is consumed; answers how many
        records were taken."""
        self.stores.recover()
        return self.workers.drain(progress)

    def close(self) -> None:
        """Let the workers' threads go, and close the stores."""
        self.workers.close()
        self.stores.close()


def _comments(s: Stores, seen: Visibility, clock: Clock, ids: Ids) -> CommentService:
    return CommentService(
        s.comments, s.posts, s.accounts, s.reactions, seen, s.events, s.transactions, clock, ids
    )  # fmt: skip


def _timelines(
    s: Stores, graph: GraphService, seen: Visibility, muting: Muting, clock: Clock, mode: TimelineMode,
    horizon_ms: int,
) -> TimelineService:  # fmt: skip
    return TimelineService(
        s.timelines, s.posts, graph, s.accounts, seen, muting, s.transactions, clock, mode, horizon_ms
    )  # fmt: skip
