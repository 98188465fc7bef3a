"""Plays a society through the feed core, tick by tick: people post, open the app, read and react."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, MINUTE, SetClock
from feed_core.model.errors import Conflict
from pipelines.society.acting import act
from pipelines.society.arrays import Ints
from pipelines.society.behaviour import Outcome, Sessions, behave, moments
from pipelines.society.collecting import rare_collections
from pipelines.society.pairs import PairCounts
from pipelines.society.publishing import publish
from pipelines.society.randomness import Purpose, stream
from pipelines.society.rhythm import activity_at, chance_in_tick
from pipelines.society.serving import Chronological, Seen, Serve
from pipelines.society.settling import settle
from pipelines.society.signing_up import sign_up
from pipelines.society.society import Society

Progress = Callable[[int, int], None]
Watch = Callable[[Sessions, Outcome, int], None]
Moment = Callable[[int], None]


class PlayReport(NamedTuple):
    """What was played: people, posts, sessions, impressions, and the actions that followed."""

    people: int
    posts: int
    sessions: int
    impressions: int
    actions: int


def start(core: FeedCore, clock: SetClock, society: Society) -> None:
    """Sign up everyone who is there from the start; ``core`` runs on ``clock``.

    Raises ``Conflict`` when somebody lives there already.
    """
    if core.accounts.page(0, 1):
        raise Conflict(
            "Somebody lives in this home already, and a society starts in an empty one.",
            fix="Name a new folder with --home, or delete this one first.",
        )
    clock.set(society.config.start_ms - 2 * DAY)
    sign_up(core, society, np.flatnonzero(~society.is_newcomer()))
    settle(core)


def play(
    core: FeedCore, clock: SetClock, society: Society, *, first_day: int = 0, days: int | None = None,
    seen: Seen | None = None, serve: Serve | None = None, watch: Watch | None = None,
    every_hour: Moment | None = None, progress: Progress | None = None,
) -> PlayReport:  # fmt: skip
    """Play ``days`` days from ``first_day``. ``core`` runs on ``clock``, which the play moves.

    ``serve`` fills the lists (chronological unless given); ``watch`` sees each tick's sessions and what
    came of them; ``every_hour`` is called with the time (ms) before its first tick.
    """
    config = society.config
    seen = Seen() if seen is None else seen
    serve = serve or Chronological(core, seen)
    first = first_day * config.ticks_per_day
    ticks = range(first, first + (days or config.days) * config.ticks_per_day)
    today, totals = PairCounts(config.people), np.zeros(4, np.int64)
    with rare_collections():
        for done, tick in enumerate(ticks, 1):
            now = config.start_ms + tick * config.tick_ms
            clock.set(now)
            if now % DAY == 0:
                today.clear()
            posts = _morning(core, society, now, tick)
            if every_hour and now % HOUR == 0:
                every_hour(now)
            totals += (posts, *_read(core, clock, society, serve, watch, today, tick))
            if progress:
                progress(done, len(ticks))
    settle(core)
    return PlayReport(int((society.user_ids > 0).sum()), *totals.tolist())


def _morning(core: FeedCore, society: Society, now: int, tick: int) -> int:
    sign_up(core, society, np.flatnonzero((society.user_ids == 0) & (society.people.joined_at <= now)))
    posts = publish(core, society, now, tick)
    settle(core)
    return posts


def _read(
    core: FeedCore, clock: SetClock, society: Society, serve: Serve, watch: Watch | None,
    today: PairCounts, tick: int,
) -> tuple[int, int, int]:  # fmt: skip
    """The sessions of one tick, half-way through it; answers sessions, impressions, actions."""
    config = society.config
    now = config.start_ms + tick * config.tick_ms + config.tick_ms // 2
    end = config.start_ms + (tick + 1) * config.tick_ms - MINUTE
    readers = _readers(society, now, tick)
    if not len(readers) or not len(society.catalogue.post_ids):
        return 0, 0, 0
    clock.set(now)
    shown = serve(society.user_ids[readers].tolist(), config.page_size)
    sessions = Sessions(readers, *shown)
    outcome = behave(society, sessions, now, today, stream(society.seed, Purpose.BEHAVIOUR, tick))
    clock.set(end)
    actions = act(core, society, sessions, outcome, moments(outcome, now, end))
    if watch:
        watch(sessions, outcome, now)
    return len(readers), int((shown.post_ids > 0).sum()), actions


def _readers(society: Society, now: int, tick: int) -> Ints:
    people = society.people
    rates = np.where(society.user_ids > 0, people.sessions_per_day, 0.0)
    chances = chance_in_tick(rates, activity_at(now, people.utc_offset), society.config.tick_ms)
    rng = stream(society.seed, Purpose.SESSIONS, tick)
    return np.flatnonzero(rng.random(len(chances)) < chances)
