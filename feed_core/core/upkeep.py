"""What keeps the stores of a core in order: repair, and the archive with what it purges."""

from feed_core.model.clock import Clock
from feed_core.services.account_purge import AccountPurge
from feed_core.services.post_purge import PostPurge
from feed_core.services.repair import RepairService
from feed_core.stores import Stores
from feed_core.workers.archive import Archive


def repair_over(s: Stores) -> RepairService:
    """Recounts, and makes what is held twice equal."""
    return RepairService(
        s.accounts, s.graph, s.posts, s.reactions, s.comments, s.transactions, s.counters, s.mend
    )  # fmt: skip


def archive_over(s: Stores, clock: Clock, horizon_ms: int) -> Archive:
    """Removes for good what is past its time."""
    posts = PostPurge(s.posts, s.comments, s.reactions, s.timelines, s.media, s.region_counts)
    accounts = AccountPurge(
        s.accounts, s.credentials, s.sessions, s.settings, s.activity, s.graph, s.posts, s.comments,
        s.reactions, s.timelines, s.stories, s.notifications, s.media, s.transactions, posts, s.counters,
    )  # fmt: skip
    return Archive(
        s.accounts, s.posts, s.sessions, s.stories, s.notifications, s.timelines, s.idempotency, posts,
        accounts, clock, horizon_ms,
    )  # fmt: skip
