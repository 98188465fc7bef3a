"""The chronological home timeline, the same whether its entries were pushed, are pulled, or both.

A timeline holds what the people that the reader follows posted or shared within the horizon, each
post once, at the newest of its visible entries, newest first. Hidden are deleted posts, what comes
from or through people blocked in either direction or muted or whose account is deleted, posts of
private accounts that the reader does not follow, posts with a word that the reader has muted, and the
reader's own posts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feed_core.model.clock import DAY, Clock
from feed_core.model.cursors import decode_cursor
from feed_core.model.rules import check_limit
from feed_core.model.timelines import NEWEST, Entry, Page, PageRequest, Position, TimelineMode
from feed_core.ports.accounts import Accounts
from feed_core.ports.posts import Posts
from feed_core.ports.timelines import Timelines
from feed_core.ports.transactions import Transactions
from feed_core.services.graph import GraphService
from feed_core.services.muting import Muting
from feed_core.services.presence import require_users
from feed_core.services.timeline_sources import Merged, Pulled, Pushed, Reader, Source
from feed_core.services.timeline_walk import CURSOR_KIND, Walk
from feed_core.services.visibility import Visibility

HORIZON_MS = 30 * DAY


@dataclass(frozen=True)
class TimelineService:
    """Pages of many readers at once. ``horizon_ms`` is how far back a timeline reaches."""

    timelines: Timelines
    posts: Posts
    graph: GraphService
    accounts: Accounts
    visibility: Visibility
    muting: Muting
    transactions: Transactions
    clock: Clock
    mode: TimelineMode = "hybrid"
    horizon_ms: int = HORIZON_MS

    def page(self, user_id: int, limit: int = 20, cursor: str = "") -> Page:
        """One page of one reader."""
        return self.page_many([PageRequest(user_id=user_id, limit=limit, cursor=cursor)])[0]

    def page_many(self, requests: Sequence[PageRequest]) -> list[Page]:
        """Pages in the order of the requests. Raises ``InvalidInput``, ``NotFound``."""
        for request in requests:
            check_limit(request.limit)
        starts = [_start(request) for request in requests]
        since = self.clock.now() - self.horizon_ms
        with self.transactions.snapshot():
            readers = self._readers({request.user_id for request in requests})
            walks = [
                Walk(readers[request.user_id], request.limit, start)
                for request, start in zip(requests, starts, strict=True)
            ]
            source = self._source(readers.values())
            open_walks = walks
            while open_walks:
                self._advance(open_walks, source, since)
                open_walks = [walk for walk in open_walks if not walk.done]
        return [walk.page() for walk in walks]

    def _advance(self, walks: Sequence[Walk], source: Source, since: int) -> None:
        chunks = source.below([walk.ask() for walk in walks], since)
        fresh = [walk.take(chunk) for walk, chunk in zip(walks, chunks, strict=True)]
        deleted = self.posts.deleted_among({entry.post_id for entries in fresh for entry in entries})
        unwanted = self._unwanted(walks, fresh)
        resumed = _resumed(walks, fresh)
        copies = source.of_posts(resumed) if resumed else {}
        for walk, entries in zip(walks, fresh, strict=True):
            reader_id = walk.reader.user_id
            wanted = [entry for entry in entries if (reader_id, entry.post_id) not in unwanted]
            walk.keep(wanted, deleted, copies)

    def _unwanted(self, walks: Sequence[Walk], fresh: Sequence[list[Entry]]) -> set[tuple[int, int]]:
        """The (reader, post) pairs of private authors who are not followed, and of muted words."""
        met = [
            (walk.reader.user_id, entry)
            for walk, entries in zip(walks, fresh, strict=True)
            for entry in entries
        ]
        shut = self.accounts.closed_among({entry.author_id for _, entry in met})
        there = [(reader, entry) for reader, entry in met if entry.author_id in shut]
        closed = self.visibility.closed({(reader, entry.author_id) for reader, entry in there})
        muters = self.muting.muters({walk.reader.user_id for walk in walks})
        muted = self.muting.muted({(reader, entry.post_id) for reader, entry in met if reader in muters})
        return muted | {
            (reader, entry.post_id) for reader, entry in there if (reader, entry.author_id) in closed
        }

    def _readers(self, user_ids: set[int]) -> dict[int, Reader]:
        require_users(self.accounts, user_ids)
        circles = self.graph.circles(user_ids)
        gone = self.visibility.gone({id_ for circle in circles.values() for id_ in circle.following})
        pulled = self.timelines.pulled() if self.mode != "pull" else set()
        readers = {}
        for id_, (following, hidden) in circles.items():
            visible = frozenset(following) - hidden - gone
            mine = visible if self.mode == "pull" else visible & pulled
            readers[id_] = Reader(id_, visible, frozenset(hidden | {id_}), tuple(mine))
        return readers

    def _source(self, readers: Collection[Reader]) -> Source:
        if self.mode == "pull":
            return Pulled(self.posts)
        if any(reader.pulled for reader in readers):
            return Merged((Pushed(self.timelines), Pulled(self.posts)))
        return Pushed(self.timelines)


def _start(request: PageRequest) -> Position:
    if not request.cursor:
        return NEWEST
    delivered_at, post_id, via_id = decode_cursor(request.cursor, CURSOR_KIND, request.user_id, 3)
    return (delivered_at, post_id, via_id)


def _resumed(walks: Sequence[Walk], fresh: Sequence[list[Entry]]) -> list[tuple[Reader, int]]:
    return [
        (walk.reader, entry.post_id)
        for walk, entries in zip(walks, fresh, strict=True)
        if walk.resumed
        for entry in entries
    ]
