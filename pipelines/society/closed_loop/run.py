"""Plays the days after the training with the society split into arms, and measures what each arm is worth."""

from collections.abc import Callable
from pathlib import Path

from pyspark.sql import SparkSession

from features.feast_store.repository import materialize
from features.offline.publish import publish
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.lake import update_lake
from pipelines.report import Table
from pipelines.society.closed_loop.any_post import AnyPostOracle
from pipelines.society.closed_loop.arms import ANY_POST, SAME_CANDIDATES, ServeArms, assign
from pipelines.society.closed_loop.comparing import compare_arms
from pipelines.society.closed_loop.ledger import Ledger
from pipelines.society.closed_loop.popularity import Popularity
from pipelines.society.closed_loop.ranked import Ranked
from pipelines.society.closed_loop.same_candidates import SameCandidatesOracle
from pipelines.society.play import play
from pipelines.society.serving import Chronological
from pipelines.society.truth import load_truth, save_truth
from pipelines.spark import daily
from pipelines.spark.pairs import PairHistory
from ranking_service.for_you import ForYou

Progress = Callable[[int, int], None]


def run_closed_loop(home: Path, spark: SparkSession, *, days: int, progress: Progress | None = None) -> Table:
    """Play ``days`` days after those that ``home`` holds; every night the tastes and tags are made anew.

    The ranked arm is served by the champion of ``home``. Raises ``NotFound`` when no society was played.
    """
    society, seen = load_truth(home)
    first = society.config.days
    clock = SetClock(society.config.start_ms + first * 24 * 3_600_000)
    core = FeedCore.open(home, clock=clock)
    for_you = ForYou.open(core, home, budget_ms=None, compile_trees="now")
    assigned = assign(society)
    ledger = Ledger(society, assigned)
    serve = ServeArms(
        society,
        assigned,
        {
            "chronological": Chronological(core, seen),
            "popularity": Popularity(core, seen),
            "ranked": Ranked(for_you, seen),
            SAME_CANDIDATES: SameCandidatesOracle(for_you, society, seen),
            ANY_POST: AnyPostOracle(core, society, seen),
        },
    )

    history: PairHistory | None = None

    def night(now: int) -> None:
        nonlocal history
        update_lake(core.stores.events, home)
        history = daily.refresh(spark, home, as_of=now, before=history).history
        publish(home)
        materialize(home, since=now, until=now)

    try:
        play(
            core, clock, society, first_day=first, days=days, seen=seen, serve=serve, watch=ledger.watch,
            every_day=night, progress=progress,
        )  # fmt: skip
        save_truth(home, society, seen)
        update_lake(core.stores.events, home)
    finally:
        for_you.close()
        core.close()
    return compare_arms(ledger.measured(), f"{first + 1} to {first + days}")
