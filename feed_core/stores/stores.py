"""One adapter per port: what services and workers are given."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from feed_core.model.clock import Clock
from feed_core.model.ids import Ids
from feed_core.ports.accounts import Accounts
from feed_core.ports.activity import Activity
from feed_core.ports.comments import Comments
from feed_core.ports.counters import PostCounters
from feed_core.ports.credentials import Credentials
from feed_core.ports.decisions import Decisions
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Graph
from feed_core.ports.home import Home, composed
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.invalidation import Invalidation
from feed_core.ports.media import MediaCatalog
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.rate_limits import RateLimits
from feed_core.ports.reactions import Reactions
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.sessions import Sessions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from feed_core.ports.transactions import Transactions


@dataclass(frozen=True)
class Stores:
    """One adapter per port; ``transactions`` spans them all, the event log included."""

    transactions: Transactions
    accounts: Accounts
    graph: Graph
    posts: Posts
    timelines: Timelines
    reactions: Reactions
    comments: Comments
    events: EventLog
    decisions: Decisions
    idempotency: IdempotencyKeys
    ids: Callable[[Clock], Ids]
    credentials: Credentials
    sessions: Sessions
    rate_limits: RateLimits
    settings: SettingsOfUsers
    stories: Stories
    notifications: Notifications
    media: MediaCatalog
    region_counts: RegionCounts
    activity: Activity
    close: Callable[[], None]
    recover: Callable[[], int] = lambda: 0
    """Finishes what crashes cut short; answers how many writes."""
    counters: PostCounters | None = None
    """Recounts what ``posts`` does not count itself inside a transaction."""
    invalidation: Invalidation | None = None
    """Makes the caches forget what did not come through these ports, where there are caches."""
    mend: Callable[[Collection[int]], int] | None = None
    """Makes the two stores that hold people's edges equal; answers how many edges were off."""
    remote: bool = False
    """Whether who asks them waits most of the time, so that several had better ask side by side."""
    home: Home = composed
    """Around what reads a reader's timeline: what it takes may be read together, and remembered."""
