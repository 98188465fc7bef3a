"""What clients report about posts: dwell, like, share, save, hide, report and their opposites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feed_core.model.clock import Clock
from feed_core.model.events import Event, NewEvent
from feed_core.model.ids import Ids
from feed_core.model.posts import PostCounts
from feed_core.model.timelines import Entry
from feed_core.ports.accounts import Accounts
from feed_core.ports.event_log import EventLog
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import NEWEST, Reaction, ReactionKind, Reactions
from feed_core.ports.transactions import Transactions
from feed_core.services.event_rules import check_new_event
from feed_core.services.journal import log_events
from feed_core.services.presence import require_authors, require_users
from feed_core.services.toggles import TURNS, Settled, settle, touched
from feed_core.services.visibility import Visibility

_ALWAYS_ALLOWED = frozenset({"unlike", "unsave", "hide", "report"})
"""What one may also do to a post across a block: take back, and turn away from."""


@dataclass(frozen=True)
class EngagementService:
    """Events about posts, in the topic ``engagement``, with the reactions and counts they change."""

    reactions: Reactions
    posts: Posts
    accounts: Accounts
    visibility: Visibility
    events: EventLog
    transactions: Transactions
    clock: Clock
    ids: Ids

    def record_many(self, new_events: Sequence[NewEvent]) -> list[Event]:
        """Write events in their order, all or none (but see ``_report``); answers those that were written.

        A like, save, hide or report that is already there, and an unlike or unsave of nothing, change
        nothing and are not written. A repeated share is written, but counts and delivers once.
        Raises ``InvalidInput``; ``NotFound`` for an unknown user, an unknown or deleted post, and a
        post that the user may not see; ``Forbidden`` when the user has blocked the author.
        """
        now = self.clock.now()
        for new in new_events:
            check_new_event(new, now)
        if not new_events:
            return []
        if not any(new.action in TURNS for new in new_events):
            return self._report(new_events, now)
        with self.transactions.transaction(_owners(new_events)):
            authors = self._authors(new_events)
            present = {k: self.reactions.present(k, pairs) for k, pairs in touched(new_events).items()}
            settled = settle(new_events, present, now)
            self._apply(settled, authors)
            events = self._events(settled.effective, authors, now)
            log_events(self.events, "engagement", events)
        return events

    def reacted(self, kind: ReactionKind, user_id: int, post_ids: Sequence[int]) -> set[int]:
        """Those of ``post_ids`` that the user has liked, saved, shared, hidden or reported."""
        return self.reactions.among(kind, user_id, post_ids)

    def by_user(
        self, kind: ReactionKind, user_id: int, limit: int = 100, before: tuple[int, int] = NEWEST
    ) -> list[Reaction]:
        """The user's newest reactions with (at, post_id) below ``before``, newest first."""
        return self.reactions.by_user(kind, user_id, limit, before)

    def _report(self, new_events: Sequence[NewEvent], now: int) -> list[Event]:
        """Log what turns nothing on or off: one append, with which no other write has to agree. Of a batch
        that a crash or a broker cut short, which nobody was acknowledged, some may be in a log on servers."""
        events = self._events(new_events, self._authors(new_events, lists=True), now)
        log_events(self.events, "engagement", events)
        return events

    def _authors(self, new_events: Sequence[NewEvent], *, lists: bool = False) -> dict[int, int]:
        require_users(self.accounts, {new.user_id for new in new_events})
        authors = require_authors(self.posts, {new.post_id for new in new_events})
        self.visibility.refuse_unseen(
            {
                (new.user_id, authors[new.post_id], new.post_id)
                for new in new_events
                if new.action not in _ALWAYS_ALLOWED
            },
            lists=lists,
        )
        return authors

    def _apply(self, settled: Settled, authors: Mapping[int, int]) -> None:
        for kind, reactions in settled.added.items():
            self.reactions.add(kind, reactions)
        for kind, pairs in settled.removed.items():
            self.reactions.remove(kind, pairs)
        self.posts.put_entries(
            [
                Entry(delivered_at=at, post_id=post_id, via_id=user_id, author_id=authors[post_id])
                for user_id, post_id, at in settled.added.get("share", ())
            ]
        )
        changes = _changes(settled)
        if changes:
            self.posts.add_to_counts(changes)

    def _events(self, effective: Sequence[NewEvent], authors: Mapping[int, int], now: int) -> list[Event]:
        """Their ids are all of one shard, or a batch about many people would ask every shard for some."""
        ids = self.ids.for_owners([new.user_id for new in effective[:1]] * len(effective))
        return [
            Event(
                event_id=id_,
                occurred_at=now if new.occurred_at is None else new.occurred_at,
                arrived_at=now,
                user_id=new.user_id,
                post_id=new.post_id,
                author_id=authors[new.post_id],
                action=new.action,
                surface=new.surface,
                position=new.position,
                decision_id=new.decision_id,
                value=float(new.value),
            )
            for id_, new in zip(ids, effective, strict=True)
        ]


def _owners(new_events: Sequence[NewEvent]) -> set[int]:
    """Whose writes have to follow each other: those who turn something on or off, and the first, with whom
    the batch lies. What else happens changes nothing that another write asks about."""
    return {new.user_id for new in new_events if new.action in TURNS} or {new_events[0].user_id}


def _changes(settled: Settled) -> dict[int, PostCounts]:
    counts: dict[int, list[int]] = {}
    for column, kind in enumerate(_COUNTED):
        for reaction in settled.added.get(kind, ()):
            counts.setdefault(reaction.post_id, [0, 0, 0])[column] += 1
        for _, post_id in settled.removed.get(kind, ()):
            counts.setdefault(post_id, [0, 0, 0])[column] -= 1
    return {
        id_: PostCounts(likes=likes, shares=shares, saves=saves)
        for id_, (likes, shares, saves) in counts.items()
    }


_COUNTED: tuple[ReactionKind, ...] = ("like", "share", "save")
