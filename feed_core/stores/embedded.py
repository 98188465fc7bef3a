"""The stores of the embedded profile: SQLite files in a folder."""

from pathlib import Path

from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.activity import SqliteActivity
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.credentials import SqliteCredentials
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.decisions import SqliteDecisions
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.id_times import SqliteIdTimes
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.adapters.sqlite.notifications import SqliteNotifications
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.rate_limits import SqliteRateLimits
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.region_counts import SqliteRegionCounts
from feed_core.adapters.sqlite.sessions import SqliteSessions
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.ids import IdFactory
from feed_core.stores.stores import Stores

FILE_NAME = "feed.sqlite"
IDS_FILE_NAME = "ids.sqlite"


def open_stores(home: Path, *, durable: bool = True) -> Stores:
    """The embedded stores in ``home``, made when absent; ``durable`` as for ``Database``.

    Raises ``Corrupt`` when the file there is no database, ``Unavailable`` when it cannot be opened.
    """
    database = Database(home / FILE_NAME, durable=durable)
    ids_database = Database(home / IDS_FILE_NAME)
    id_times = SqliteIdTimes(ids_database)

    def close() -> None:
        database.close()
        ids_database.close()

    return Stores(
        transactions=database,
        accounts=SqliteAccounts(database),
        graph=SqliteGraph(database),
        posts=SqlitePosts(database),
        timelines=SqliteTimelines(database),
        reactions=SqliteReactions(database),
        comments=SqliteComments(database),
        events=SqliteEventLog(database),
        decisions=SqliteDecisions(database),
        idempotency=SqliteIdempotencyKeys(database),
        ids=lambda clock: IdFactory(clock, reserve=id_times.reserve),
        credentials=SqliteCredentials(database),
        sessions=SqliteSessions(database),
        rate_limits=SqliteRateLimits(database),
        settings=SqliteSettingsOfUsers(database),
        stories=SqliteStories(database),
        notifications=SqliteNotifications(database),
        media=SqliteMediaCatalog(database),
        region_counts=SqliteRegionCounts(database),
        activity=SqliteActivity(database),
        close=close,
    )
