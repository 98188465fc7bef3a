"""The arms are alike before they are served, and what is measured is what happened."""

import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.society.appeal import expected_value
from pipelines.society.closed_loop.arms import ANY_POST, ARMS, SAME_CANDIDATES, SHARES, ServeArms, assign
from pipelines.society.closed_loop.comparing import compare_arms, gap_closed
from pipelines.society.closed_loop.ledger import Ledger, Measured, session_values
from pipelines.society.config import SocietyConfig
from pipelines.society.play import play, start
from pipelines.society.serving import Chronological, Lists, Seen, Shown
from pipelines.society.society import Society
from tests.pipelines.society.conftest import Played, World


def test_arms_have_their_shares_and_are_as_lively_as_each_other() -> None:
    society = Society(SocietyConfig(people=800), 3)
    assigned = assign(society)
    assert np.bincount(assigned).tolist() == [40 * share for share in SHARES]
    rates = [society.people.sessions_per_day[assigned == arm].mean() for arm in range(len(ARMS))]
    assert max(rates) / min(rates) < 1.05


def test_session_values_are_the_weights_of_what_happened(played: Played) -> None:
    for _, outcome in played.shown[:30]:
        values = session_values(outcome)
        for row, value in enumerate(values):
            plain = 0.5 * sum(dwell >= LONG_DWELL_MS for dwell in outcome.dwell[row])
            plain += sum(
                ACTION_WEIGHTS[action] * int(flags[row].sum()) for action, flags in outcome.acted.items()
            )
            assert value == pytest.approx(plain)


def test_each_arm_serves_its_own_people_and_the_ledger_counts_them(tmp_path: Path) -> None:
    society = Society(SocietyConfig.small(people=80, days=2), 5)
    clock = SetClock(society.config.start_ms)
    core = FeedCore.open(tmp_path, clock=clock)
    start(core, clock, society)
    assigned, seen = assign(society), Seen()
    served: dict[str, set[int]] = {name: set() for name in ARMS}
    feed = Chronological(core, seen)

    def serve_of(name: str):  # type: ignore[no-untyped-def]
        def serve(user_ids, limit):  # type: ignore[no-untyped-def]
            served[name].update(user_ids)
            return feed(user_ids, limit)

        return serve

    arms = ServeArms(society, assigned, {name: serve_of(name) for name in ARMS})
    ledger = Ledger(society, assigned)
    report = play(core, clock, society, seen=seen, serve=arms, watch=ledger.watch)
    core.close()
    measured = ledger.measured()
    assert measured.impressions.sum() == report.impressions
    for arm, name in enumerate(ARMS):
        assert (assigned[society.persons(np.array(sorted(served[name])))] == arm).all()
        assert (assigned[measured.persons[measured.arms == arm]] == arm).all()


class _Planned:
    """Plans what is newest, for the test to see when and for whom."""

    def __init__(self, feed: Chronological, *, fails: bool = False) -> None:
        self.feed, self.fails, self.threads = feed, fails, set[str]()

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists:
        self.threads.add(threading.current_thread().name)
        if self.fails:
            raise OSError("the disk is away")
        return [[(user_id, limit)] for user_id in user_ids]

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown:
        assert lists == [[(user_id, limit)] for user_id in user_ids]
        return self.feed(user_ids, limit)


def _arms_with(world: World, planned: _Planned) -> ServeArms:
    serves = {name: planned.feed for name in ARMS if name != ANY_POST}
    return ServeArms(world.society, assign(world.society), serves, {ANY_POST: planned})


def test_what_is_planned_beside_reaches_its_own_readers(moved_in: World) -> None:
    play(moved_in.core, moved_in.clock, moved_in.society, days=1)
    users = moved_in.society.user_ids[moved_in.society.user_ids > 0].tolist()
    plain = Chronological(moved_in.core, Seen())(users, 5).post_ids
    planned = _Planned(Chronological(moved_in.core, Seen()))
    with closing(_arms_with(moved_in, planned)) as arms:
        assert np.array_equal(arms(users, 5).post_ids, plain)
    assert plain.any()
    assert len(planned.threads) == 1
    assert threading.main_thread().name not in planned.threads


def test_a_plan_that_fails_is_not_passed_over(moved_in: World) -> None:
    planned = _Planned(Chronological(moved_in.core, Seen()), fails=True)
    users = moved_in.society.user_ids[moved_in.society.user_ids > 0].tolist()
    with closing(_arms_with(moved_in, planned)) as arms, pytest.raises(OSError, match="the disk is away"):
        arms(users, 5)


def test_every_pair_at_once_equals_pair_by_pair(played: Played) -> None:
    society, now = played.society, played.core.clock.now()
    rows, persons = society.catalogue.since(0)[:40], np.arange(10)
    grid = expected_value(society.encounter_all(persons, rows, now))
    singles = expected_value(society.encounter(np.repeat(persons, 40), np.tile(rows, 10), now))
    assert np.allclose(grid.ravel(), singles)


def test_without_a_sure_gap_no_share_of_it_is_told() -> None:
    arms = np.repeat(np.arange(5), 8)
    equal = np.ones(len(arms))
    measured = Measured(np.arange(len(arms)) // 2, arms, equal, equal, equal, equal, equal, equal)
    assert np.isnan(gap_closed(measured, ANY_POST).mean)
    assert "an unknown part" in compare_arms(measured, "15 to 21").note


def test_the_gap_is_found_where_it_was_put() -> None:
    rng = np.random.default_rng(0)
    arms = np.repeat(np.arange(5), 3_000)
    means = np.array([1.0, 2.0, 3.0, 5.0, 6.0])
    zeros = np.ones(len(arms))
    measured = Measured(
        np.arange(len(arms)) // 10, arms, rng.normal(means[arms], 1.0), zeros, zeros, zeros, zeros, zeros
    )
    for oracle, share in ((SAME_CANDIDATES, 0.5), (ANY_POST, 0.4)):
        gap = gap_closed(measured, oracle)
        assert gap.low < share < gap.high
        assert gap.mean == pytest.approx(share, abs=0.03)
    table = compare_arms(measured, "15 to 21")
    assert [row.name for row in table.metrics[0].rows] == list(ARMS)
    assert table.metrics[0].rows[2].low > table.metrics[0].rows[1].high
