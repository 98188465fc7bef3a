"""Follows the event log: new posts get their content row at once, new engagement counts from the next hour
on, and what any surface has shown counts as seen."""

import threading
import time

import structlog

from features.content import write_posts
from features.online import OnlineRows
from features.stream import StreamUpdater, needed_since
from feed_core.model.clock import Clock
from feed_core.model.events import Decision, Event
from feed_core.model.posts import Post
from feed_core.model.rules import ALLOWED_SKEW_MS
from feed_core.ports.event_log import EventLog
from ranking_service.freshness.repeats import Repeats
from ranking_service.freshness.tail import BATCH, Tail
from ranking_service.memory.served import ServedPosts, ServedRow

_log = structlog.get_logger("loupe.freshness")
_GROUP = "post-content"
EVERY_SECONDS = 1.0
_BESIDE_ANSWERS = (250, 0.005)
"""Records at once, and seconds between: an answer waits for no more than a few milliseconds of this."""


class Freshness:
    """``catch_up`` brings everything to the present of ``clock``; ``start`` does so once a second.

    One process a home runs it. Counters are restored from the log's last weeks at the first call.
    ``problem`` is what the last pass of the thread failed with, "" when it went well.
    """

    def __init__(self, events: EventLog, clock: Clock, online: OnlineRows, served: ServedPosts) -> None:
        self._log, self._clock, self._online, self._served = events, clock, online, served
        self._events = (Tail(events, "engagement", Event), Tail(events, "graph", Event))
        self._decisions = Tail(events, "decisions", Decision)
        self._posts = Tail(events, "posts", Post)
        self._repeats = Repeats()
        self._updater: StreamUpdater | None = None
        self._one_at_a_time = threading.Lock()
        self._stop = threading.Event()
        self._restored = threading.Event()
        self.problem = ""
        self._thread: threading.Thread | None = None

    def catch_up(self, at_once: int = BATCH, pause_s: float = 0.0) -> int:
        """Take in what the log holds, up to ``at_once`` records before each pause; returns how many online
        rows were written."""
        with self._one_at_a_time:
            now = self._clock.now()
            updater = self._updater or self._begin(now)
            written = self._take_posts()
            for tail in self._events:
                for batch in tail.batches(at_once):
                    fresh = self._repeats.without(batch)
                    updater.add(fresh)
                    self._repeats.taken(fresh)
                    time.sleep(pause_s)
            for decisions in self._decisions.batches(at_once):
                self._served.add([_row(decision) for decision in decisions])
                time.sleep(pause_s)
            written += updater.advance(now)
        self._restored.set()
        return written

    @property
    def restored(self) -> bool:
        """Whether a first call has ended well; before, counters are those of the last run."""
        return self._restored.is_set()

    def start(self) -> None:
        """Catch up once a second in a thread of its own; a pass that fails is logged and repeated."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="loupe-freshness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the pass it is in."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def look(self, at_once: int = BATCH, pause_s: float = 0.0) -> None:
        """``catch_up``, where a failure is logged and is the ``problem`` until a later one goes well."""
        try:
            self.catch_up(at_once, pause_s)
            self.problem = ""
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
            _log.exception("could not catch up", retry_seconds=EVERY_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look(*(_BESIDE_ANSWERS if self.restored else ()))
            self._stop.wait(EVERY_SECONDS)

    def _begin(self, now: int) -> StreamUpdater:
        since = needed_since(self._online, now) - ALLOWED_SKEW_MS
        for tail in self._events:
            tail.seek(since, lambda event: event.arrived_at)
        self._decisions.seek(now - self._served.ttl_ms, lambda decision: decision.occurred_at)
        self._posts.offsets = self._log.committed(_GROUP, "posts")
        self._updater = StreamUpdater(self._online)
        return self._updater

    def _take_posts(self) -> int:
        written = 0
        for posts in self._posts.batches():
            written += write_posts(self._online, [post for post in posts if not post.deleted])
            self._log.commit(_GROUP, "posts", self._posts.ahead)
        return written


def _row(decision: Decision) -> ServedRow:
    return ServedRow(decision.user_id, decision.occurred_at, decision.decision_id, decision.post_ids)
