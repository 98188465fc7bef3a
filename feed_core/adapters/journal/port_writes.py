"""Which methods of which ports write, and so are collected in units.

A port that is not named here is never part of a unit: each of its calls acts at once.
"""

from collections.abc import Mapping

from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.credentials import Credentials
from feed_core.ports.decisions import Decisions
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Graph
from feed_core.ports.idempotency import IdempotencyKeys
from feed_core.ports.media import MediaCatalog
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.sessions import Sessions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines

PORTS: Mapping[str, type] = {
    "accounts": Accounts,
    "comments": Comments,
    "credentials": Credentials,
    "decisions": Decisions,
    "events": EventLog,
    "graph": Graph,
    "idempotency": IdempotencyKeys,
    "media": MediaCatalog,
    "notifications": Notifications,
    "posts": Posts,
    "reactions": Reactions,
    "region_counts": RegionCounts,
    "sessions": Sessions,
    "settings": SettingsOfUsers,
    "stories": Stories,
    "timelines": Timelines,
}
ENTRIES = frozenset({"put_entries", "put_first_entries", "withdraw_entries", "remove_entries"})
"""Writes of posts that touch no row of the port's others, so that both may be under way; but for those of
``purge``, which touches all."""
WRITES: Mapping[str, frozenset[str]] = {
    "accounts": frozenset({"add", "put", "purge", "add_to_stats"}),
    "comments": frozenset({"put", "purge"}),
    "credentials": frozenset({"put", "remove"}),
    "decisions": frozenset({"add"}),
    "events": frozenset({"append", "commit"}),
    "graph": frozenset({"add", "remove"}),
    "idempotency": frozenset({"put", "forget"}),
    "media": frozenset({"put", "remove"}),
    "notifications": frozenset({"put", "remove", "mark_read", "forget", "forget_users"}),
    "posts": frozenset({"put", "add_to_counts", "purge"}) | ENTRIES,
    "reactions": frozenset({"add", "remove", "purge"}),
    "region_counts": frozenset({"put", "remove"}),
    "sessions": frozenset({"put", "remove", "remove_of", "forget"}),
    "settings": frozenset({"put", "remove"}),
    "stories": frozenset({"put", "remove", "add_views", "forget"}),
    "timelines": frozenset(
        {"deliver", "withdraw", "withdraw_posts", "forget", "forget_before", "set_pulled"}
    ),
}

BESIDE = frozenset({"comments", "notifications", "posts", "reactions", "stories", "timelines"})
"""Ports on a store of their own, whose operations may be done while those of the other ports are."""
LAST = frozenset({"events"})
"""Whoever reads the log looks at the stores, and must find there what the log tells of."""
