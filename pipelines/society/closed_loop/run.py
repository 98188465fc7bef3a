"""Plays the days after the training with the society split into arms, and measures what each arm is worth."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from pyspark.sql import SparkSession

from feed_core.model.clock import DAY, SetClock
from feed_core.settings import Settings
from pipelines.lake import update_lake
from pipelines.profile import online_url, open_core, open_rows, settings_of
from pipelines.report import Table, Timeline
from pipelines.society.closed_loop.any_post import AnyPostOracle
from pipelines.society.closed_loop.arms import ANY_POST, SAME_CANDIDATES, ServeArms, assign
from pipelines.society.closed_loop.comparing import compare_arms
from pipelines.society.closed_loop.ledger import Ledger
from pipelines.society.closed_loop.nights import Nights
from pipelines.society.closed_loop.popularity import Popularity
from pipelines.society.closed_loop.ranked import Ranked
from pipelines.society.closed_loop.same_candidates import SameCandidatesOracle
from pipelines.society.play import play
from pipelines.society.serving import Chronological, Seen, Serve
from pipelines.society.society import Society
from pipelines.society.truth import load_truth, save_truth
from pipelines.timelines import sample_timelines
from ranking_service.for_you import ForYou

Progress = Callable[[int, int], None]
READERS_AT_ONCE = 4
"""Whose pages are made side by side where the stores are asked over a network, which is mostly waiting."""


class ClosedLoop(NamedTuple):
    """What each arm was worth, and what a few people are shown after the last day."""

    table: Table
    timelines: tuple[Timeline, ...]


def run_closed_loop(
    home: Path, spark: SparkSession, *, days: int, progress: Progress | None = None,
    settings: Settings | None = None,
) -> ClosedLoop:  # fmt: skip
    """Play ``days`` days after those that ``home`` holds; every night the tastes and tags are made anew.

    The ranked arm is served by the champion of ``home``. Raises ``NotFound`` when no society was played.
    """
    settings = settings or settings_of("embedded")
    society, seen = load_truth(home)
    first, ledger = society.config.days, Ledger(society, assign(society))
    clock = SetClock(society.config.start_ms + first * DAY)
    with ExitStack() as opened:
        core = opened.enter_context(closing(open_core(home, settings, clock=clock)))
        for_you = ForYou.open(core, home, budget_ms=None, compile_trees="now", online=open_rows(settings))
        opened.callback(for_you.close)
        threads = opened.enter_context(ThreadPoolExecutor(READERS_AT_ONCE)) if core.stores.remote else None
        serve = opened.enter_context(closing(_arms(for_you, society, seen, threads)))
        night = Nights(spark, home, core.stores.events, online_url(settings))
        nights = opened.enter_context(closing(night))
        play(
            core, clock, society, first_day=first, days=days, seen=seen, serve=serve, watch=ledger.watch,
            every_hour=nights, progress=progress,
        )  # fmt: skip
        save_truth(home, society, seen)
        update_lake(core.stores.events, home)
        clock.set(society.config.start_ms + (first + days) * DAY)
        timelines = sample_timelines(for_you, society.seed)
    return ClosedLoop(compare_arms(ledger.measured(), f"{first + 1} to {first + days}"), timelines)


def _arms(for_you: ForYou, society: Society, seen: Seen, threads: Executor | None) -> ServeArms:
    core = for_you.core
    serves: dict[str, Serve] = {
        "chronological": Chronological(core, seen),
        "popularity": Popularity(core, seen),
        "ranked": Ranked(for_you, seen, threads),
        SAME_CANDIDATES: SameCandidatesOracle(for_you, society, seen, threads),
    }
    return ServeArms(society, assign(society), serves, {ANY_POST: AnyPostOracle(core, society, seen)})
