"""Plays the days after the training with the society split into arms, and measures what each arm is worth."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.settings import Settings
from pipelines.beside import Beside
from pipelines.lake import update_lake
from pipelines.nightly import Jobs
from pipelines.profile import online_url, open_core, settings_of
from pipelines.report import Table, Timeline
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.closed_loop.any_post import AnyPostOracle
from pipelines.society.closed_loop.arms import ANY_POST, SAME_CANDIDATES, ServeArms, assign
from pipelines.society.closed_loop.comparing import compare_arms
from pipelines.society.closed_loop.desk import Ask, Desk, at_desk
from pipelines.society.closed_loop.ledger import Ledger
from pipelines.society.closed_loop.nights import Nights
from pipelines.society.closed_loop.popularity import Popularity
from pipelines.society.closed_loop.ranked import Ranked
from pipelines.society.closed_loop.same_candidates import SameCandidatesOracle
from pipelines.society.play import play
from pipelines.society.serving import Chronological, Planner, Seen, Serve, Shown
from pipelines.society.society import Society
from pipelines.society.truth import load_truth, save_truth

Progress = Callable[[int, int], None]


class ClosedLoop(NamedTuple):
    """What each arm was worth, and what a few people are shown after the last day."""

    table: Table
    timelines: tuple[Timeline, ...]


def run_closed_loop(
    home: Path, jobs: Jobs, *, days: int, progress: Progress | None = None,
    settings: Settings | None = None,
) -> ClosedLoop:  # fmt: skip
    """Play ``days`` days after those that ``home`` holds; every night ``jobs`` make the tastes and tags anew.

    The ranked arm is served by the champion of ``home``. Raises ``NotFound`` when no society was played.
    """
    settings = settings or settings_of("embedded")
    society, seen = load_truth(home)
    config, first = society.config, society.config.days
    ledger, clock = Ledger(society, assign(society)), SetClock(config.start_ms + first * DAY)

    def watch(sessions: Sessions, outcome: Outcome, now: int) -> None:
        desk.begin(partial(Desk.catch_up, now=now + config.tick_ms // 2))
        ledger.watch(sessions, outcome, now)

    def every_hour(now: int) -> None:
        desk.wait()  # what it catches up with is older than the rows of a night
        nights(now)

    def serve(user_ids: Sequence[int], limit: int) -> Shown:
        desk.wait()  # what was served so far is known to both desks
        return arms(user_ids, limit)

    with ExitStack() as opened:
        core = opened.enter_context(closing(open_core(home, settings, clock=clock, durable=False)))
        desk, other = (opened.enter_context(closing(Beside(at_desk, home, settings))) for _ in range(2))
        arms = opened.enter_context(closing(_arms(core, desk.ask, other.ask, society, seen)))
        nights = Nights(jobs, home, core.stores.events, online_url(settings))
        desk.begin(partial(Desk.catch_up, now=clock.now()))
        play(
            core, clock, society, first_day=first, days=days, seen=seen, serve=serve, watch=watch,
            every_hour=every_hour, progress=progress,
        )  # fmt: skip
        save_truth(home, society, seen)
        update_lake(core.stores.events, home)
        ends = config.start_ms + (first + days) * DAY
        timelines = desk.ask(partial(Desk.timelines, now=ends, seed=society.seed))
    return ClosedLoop(compare_arms(ledger.measured(), f"{first + 1} to {first + days}"), timelines)


def _arms(core: FeedCore, ask: Ask, other: Ask, society: Society, seen: Seen) -> ServeArms:
    """``ask`` makes the pages, ``other`` says at the same time what the oracle may choose from."""
    serves: dict[str, Serve] = {
        "chronological": Chronological(core, seen), "popularity": Popularity(core, seen)
    }  # fmt: skip
    planners: dict[str, Planner] = {
        "ranked": Ranked(ask, core.clock, seen),
        SAME_CANDIDATES: SameCandidatesOracle(other, core, society, seen),
        ANY_POST: AnyPostOracle(core, society, seen),
    }
    return ServeArms(society, assign(society), serves, planners)
