"""Lets go what is past its time: deleted posts and accounts, sessions, stories, old notifications and the
part of timelines that nobody can reach any more."""

from dataclasses import dataclass

from feed_core.model.clock import DAY, HOUR, Clock
from feed_core.ports.accounts import Accounts
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.notifications import KEPT_MS, Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.sessions import Sessions
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from feed_core.services.account_purge import AccountPurge
from feed_core.services.post_purge import PostPurge
from feed_core.services.posts import GRACE_MS

ACCOUNT_KEPT_MS = 90 * DAY
EVERY_MS = HOUR
_AT_ONCE = 100


@dataclass(frozen=True)
class Archive:
    """Finds what is due in the stores, so it may be ended at any moment and run again, or twice at once."""

    accounts: Accounts
    posts: Posts
    sessions: Sessions
    stories: Stories
    notifications: Notifications
    timelines: Timelines
    idempotency: IdempotencyKeys
    post_purge: PostPurge
    account_purge: AccountPurge
    clock: Clock
    horizon_ms: int

    def run(self) -> tuple[int, int]:
        """Answers how many posts and accounts were purged."""
        now = self.clock.now()
        self.sessions.forget(now)
        self.stories.forget(now)
        self.idempotency.forget(now)
        self.notifications.forget(now - KEPT_MS)
        self.timelines.forget_before(now - self.horizon_ms - DAY)
        return self._purge_posts(now), self._purge_accounts(now)

    def _purge_posts(self, now: int) -> int:
        purged = 0
        while posts := self.posts.deleted_before(now - GRACE_MS, _AT_ONCE):
            self.post_purge.purge(posts)
            purged += len(posts)
        return purged

    def _purge_accounts(self, now: int) -> int:
        purged = 0
        while user_ids := self.accounts.deleted_before(now - ACCOUNT_KEPT_MS, _AT_ONCE):
            for user_id in user_ids:
                self.account_purge.purge(user_id)
            purged += len(user_ids)
        return purged
