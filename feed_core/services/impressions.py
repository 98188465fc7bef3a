"""Logs what was shown: each decision, and one impression event per post in it."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from feed_core.model.clock import Clock
from feed_core.model.errors import InvalidInput
from feed_core.model.events import Decision, Event
from feed_core.model.ids import Ids
from feed_core.model.rules import check_ids, check_length, check_time
from feed_core.ports.accounts import Accounts
from feed_core.ports.decisions import Decisions
from feed_core.ports.event_log import EventLog
from feed_core.ports.posts import Posts
from feed_core.ports.transactions import Transactions
from feed_core.services.event_rules import MAX_SURFACE
from feed_core.services.journal import log_decisions, log_events, send_shown
from feed_core.services.presence import refuse_missing_posts, require_users


@dataclass(frozen=True)
class ImpressionService:
    """Decisions in the topic ``decisions``, impressions in ``engagement``, both or neither."""

    decisions: Decisions
    posts: Posts
    accounts: Accounts
    events: EventLog
    transactions: Transactions
    clock: Clock
    ids: Ids
    place: int = field(default_factory=lambda: secrets.randbelow(1 << 20))
    """Whose shard the ids of what this process shows come from: records of the log lie on no shard, and ids
    of one shard, drawn by the block, cost a page no trip to a database."""

    def log_many(self, decisions: Sequence[Decision]) -> None:
        """Append decisions and their impressions. A decision that is logged already is passed over.

        Raises ``InvalidInput``; ``NotFound`` for unknown users and posts. A post may have been deleted
        since it was shown.
        """
        now = self.clock.now()
        for decision in decisions:
            _check(decision, now)
        if not decisions:
            return
        with self.transactions.transaction({decision.user_id for decision in decisions}):
            require_users(self.accounts, {decision.user_id for decision in decisions})
            self._require_posts({post_id for decision in decisions for post_id in decision.post_ids})
            is_new = self.decisions.add([decision.decision_id for decision in decisions])
            unlogged = [decision for decision, new in zip(decisions, is_new, strict=True) if new]
            log_decisions(self.events, unlogged)
            log_events(self.events, "engagement", self._impressions(unlogged, now))

    def log_shown(self, decisions: Sequence[Decision], *, gathered: bool = False) -> Callable[[], None]:
        """Append decisions, and their impressions, of pages that this process has just put together under
        ids that it has just drawn: nobody else can have logged them, and what they name is there.

        They are on their way on return; the answer waits until they are durable. Who does not wait may lose
        the record of a page that was shown: to a crash, or to brokers that are away; they may as well be
        ``gathered`` with those of other pages. Raises ``InvalidInput``,
        and ``Unavailable`` when the log is known to be away.
        """
        now = self.clock.now()
        for decision in decisions:
            _check(decision, now)
        shown = self._impressions(decisions, now, self.place)
        return send_shown(self.events, decisions, shown, gathered=gathered)

    def draw(self) -> int:
        """An id for a decision that goes to ``log_shown``."""
        return self.ids.for_owner(self.place)

    def _require_posts(self, post_ids: set[int]) -> None:
        missing = post_ids - self.posts.authors_of(post_ids).keys()
        if missing:
            refuse_missing_posts(missing - self.posts.deleted_among(missing))

    def _impressions(self, decisions: Sequence[Decision], now: int, place: int = 0) -> list[Event]:
        """Their ids are of the shard of ``place``, or else of the users'."""
        ids = iter(self.ids.for_owners([place or d.user_id for d in decisions for _ in d.post_ids]))
        return [
            Event(
                event_id=next(ids),
                occurred_at=decision.occurred_at,
                arrived_at=now,
                user_id=decision.user_id,
                post_id=post_id,
                author_id=author_id,
                action="impression",
                surface=decision.surface,
                position=position,
                decision_id=decision.decision_id,
            )
            for decision in decisions
            for post_id, author_id, position in zip(
                decision.post_ids, decision.author_ids, decision.positions, strict=True
            )
        ]


def _check(decision: Decision, now: int) -> None:
    check_ids((decision.decision_id,), "decision id")
    check_ids(decision.post_ids, "post id")
    check_ids(decision.author_ids, "author id")
    check_time(decision.occurred_at, now, "occurred_at")
    check_length(decision.surface, "surface", MAX_SURFACE)
    if decision.positions and min(decision.positions) < 0:
        raise InvalidInput(f"Decision {decision.decision_id} has a negative position.", fix="Count from 0.")
    shown = len(decision.post_ids)
    columns = (decision.author_ids, decision.positions, decision.sources)
    optional = (decision.scores, decision.propensities)
    if any(len(column) != shown for column in columns) or any(
        len(column) not in (0, shown) for column in optional
    ):
        raise InvalidInput(
            f"Decision {decision.decision_id} shows {shown} posts, but its columns differ in length.",
            fix="Give one author, position and source per post; scores and propensities for all or none.",
        )
