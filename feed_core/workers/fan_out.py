"""Fan-out on write: keeps every reader's materialised timeline equal to what a pull would find.

The topics are read independently, so a record never says what to do, only where to look: for each
person or post that it names, the present follows and entries decide. A follow or an entry that is
not there yet has a record of its own later in the log. So the rows come out right in every order.

People over the celebrity threshold are pulled: their entries are no longer delivered. When they
fall below four fifths of it, their followers get the entries of the horizon, and only then, in the
same transaction, does the pulling end.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.clock import DAY, HOUR, Clock
from feed_core.model.events import Event
from feed_core.model.posts import Post
from feed_core.model.timelines import Entry
from feed_core.ports.accounts import Accounts
from feed_core.ports.activity import Activity
from feed_core.ports.event_log import LogRecord
from feed_core.ports.graph import Graph
from feed_core.ports.posts import Posts
from feed_core.ports.timelines import Delivery, Timelines

_decode_event = msgspec.msgpack.Decoder(Event).decode
_decode_post = msgspec.msgpack.Decoder(Post).decode
_CHUNK = 2_000
"""Rows of one write: as many as other writers can wait for."""
_LATELY_MS, _REMEMBERED_MS = 7 * DAY, HOUR
_EVERYTHING = (1 << 63) - 1
_SHARE = b"\xa5share"


@dataclass(frozen=True)
class FanOut:
    """Handlers for the topics ``posts``, ``engagement`` and ``graph``.

    ``threshold`` is the number of followers above which a person is pulled; None for never.
    """

    timelines: Timelines
    posts: Posts
    graph: Graph
    accounts: Accounts
    activity: Activity
    clock: Clock
    threshold: int | None
    horizon_ms: int

    def on_posts(self, records: Sequence[LogRecord]) -> None:
        """Deliver new posts and restored ones, these with their shares; withdraw what is deleted still."""
        posts = [_decode_post(record.body) for record in records]
        kept = [post for post in posts if not post.deleted]
        published = [(p.author_id, p.post_id) for p in kept if p.updated_at == p.created_at]
        restored = {post.post_id for post in kept if post.restored}
        entries = self.posts.entries_at(dict.fromkeys(published))
        self._deliver([*entries, *(self.posts.entries_of(restored) if restored else ())])
        self.timelines.withdraw_posts(self.posts.deleted_among({p.post_id for p in posts if p.deleted}))

    def on_engagement(self, records: Sequence[LogRecord]) -> None:
        """Deliver what was shared, and remember who was here."""
        self._remember({record.key for record in records})
        events = [_decode_event(record.body) for record in records if _SHARE in record.body]
        shares = dict.fromkeys((e.user_id, e.post_id) for e in events if e.action == "share")
        self._deliver(self.posts.entries_at(shares))

    def on_graph(self, records: Sequence[LogRecord]) -> None:
        """Bring rows in line with the follows that changed, then see who crossed the threshold."""
        events = [_decode_event(record.body) for record in records]
        pairs = {(e.user_id, e.author_id) for e in events if e.action in ("follow", "unfollow")}
        if not pairs:
            return
        present = self.graph.present("follow", pairs)
        self.timelines.withdraw(pairs - present)
        self._backfill(present)
        self._settle_celebrities({followed for _, followed in pairs})

    def reconcile(self) -> None:
        """Apply the threshold to whoever is pulled now; for the start, as settings may have changed."""
        self._settle_celebrities(self.timelines.pulled())

    def _deliver(self, entries: Sequence[Entry]) -> None:
        via_ids = {entry.via_id for entry in entries}
        self._settle_celebrities(via_ids)
        pushed = via_ids - self.timelines.pulled()
        followers = self.graph.source_ids("follow", pushed)
        first = self._first(followers)
        for chosen in (True, False) if first else (False,):
            self._send(
                Delivery(reader, entry)
                for via_id, listed in _by_via(entries).items()
                for reader in followers.get(via_id, ())
                if (reader in first) is chosen
                for entry in listed
            )

    def _first(self, followers: Mapping[int, Sequence[int]]) -> set[int]:
        """Whom to serve before the others: those who were here lately, when there are many."""
        readers = {reader for readers in followers.values() for reader in readers}
        if len(readers) <= _CHUNK:
            return set()
        return self.activity.active(readers, self.clock.now() - _LATELY_MS)

    def _remember(self, user_ids: set[int]) -> None:
        now = self.clock.now()
        known = self.activity.active(user_ids, now - _REMEMBERED_MS)
        if user_ids - known:
            self.activity.touch(user_ids - known, now)

    def _backfill(self, pairs: Collection[tuple[int, int]]) -> None:
        pushed = {via for _, via in pairs} - self.timelines.pulled()
        if pushed:
            self._fill(pairs, pushed)

    def _fill(self, pairs: Collection[tuple[int, int]], via_ids: Collection[int]) -> None:
        entries = self.posts.entries_by(via_ids, self.clock.now() - self.horizon_ms, _EVERYTHING)
        self._send(Delivery(reader, entry) for reader, via in pairs for entry in entries.get(via, ()))

    def _settle_celebrities(self, via_ids: Collection[int]) -> None:
        pulled = self.timelines.pulled()
        if not via_ids or (self.threshold is None and not pulled):
            return
        stats = self.accounts.stats_many(via_ids)
        crowds = {via: stats[via].followers if via in stats else 0 for via in via_ids}
        self.timelines.set_pulled(
            [via for via, crowd in crowds.items() if via not in pulled and self._is_over(crowd)], pulled=True
        )
        fallen = {via for via, crowd in crowds.items() if via in pulled and self._is_under(crowd)}
        if fallen:
            followers = self.graph.source_ids("follow", fallen)
            pairs = [(reader, via) for via, readers in followers.items() for reader in readers]
            self._fill(pairs, fallen)
            self.timelines.set_pulled(fallen, pulled=False)
            self._fill(
                pairs, fallen
            )  # what came while they were still pulled, where no transaction spans both

    def _is_over(self, followers: int) -> bool:
        return self.threshold is not None and followers > self.threshold

    def _is_under(self, followers: int) -> bool:
        return self.threshold is None or followers <= self.threshold * 4 // 5

    def _send(self, deliveries: Iterable[Delivery]) -> None:
        batch: list[Delivery] = []
        for delivery in deliveries:
            batch.append(delivery)
            if len(batch) == _CHUNK:
                self.timelines.deliver(batch)
                batch = []
        self.timelines.deliver(batch)


def _by_via(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.via_id, []).append(entry)
    return found
