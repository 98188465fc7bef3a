"""What the workers' process does in which turn, by a stop that counts turns and moves the clock."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from feed_core import working
from feed_core.core import FeedCore
from feed_core.model.clock import HOUR, SetClock
from feed_core.model.errors import Unavailable
from feed_core.workers.archive import Archive
from feed_core.workers.workers import PACE_S, Workers
from feed_core.working import RETRY_S, work

NOW = 1_770_000_000_000


class Turns(threading.Event):
    """Is set after as many turns as there are ``moves``; each moves the clock instead of waiting."""

    def __init__(self, clock: SetClock, moves: list[int]) -> None:
        super().__init__()
        self.clock, self.moves, self.waited = clock, moves, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        self.clock.set(self.clock.now() + self.moves.pop(0))
        if not self.moves:
            self.set()
        return self.is_set()


@pytest.fixture
def run(tmp_path: Path) -> Callable[[list[int]], Turns]:
    """Works through the moves; answers what was waited."""

    def run_(moves: list[int]) -> Turns:
        clock = SetClock(NOW)
        core, turns = FeedCore.open(tmp_path, clock=clock), Turns(clock, moves)
        work(core, turns)
        core.close()
        return turns

    return run_


@pytest.mark.parametrize(
    ("moves", "archived"),
    [
        ([0], [0]),
        ([HOUR - 1, 0], [0]),
        ([HOUR - 1, 1, 0], [0, HOUR]),
        ([HOUR, HOUR, 0], [0, HOUR, 2 * HOUR]),
        ([9 * HOUR, 1, 0], [0, 9 * HOUR]),
        ([-5, HOUR - 1, 1, 0], [0, -5, HOUR - 5]),
    ],
)
def test_what_is_past_its_time_goes_once_an_hour_and_when_the_clock_steps_back(
    run: Callable[[list[int]], Turns], monkeypatch: pytest.MonkeyPatch, moves: list[int], archived: list[int]
) -> None:
    at: list[int] = []
    monkeypatch.setattr(Archive, "run", lambda archive: at.append(archive.clock.now() - NOW))
    run(moves)
    assert at == archived


def test_an_archive_that_failed_is_run_again_in_the_next_turn(
    run: Callable[[list[int]], Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def away(archive: Archive) -> None:
        tried.append(archive.clock.now())
        if len(tried) < 3:
            raise Unavailable("Cassandra does not answer.")

    monkeypatch.setattr(Archive, "run", away)
    with capture_logs() as logs:
        turns = run([1, 1, 1, 1, 1])
    assert tried == [NOW, NOW + 1, NOW + 2]
    assert [each["event"] for each in logs] == ["workers failed"] * 2
    assert all(waited <= RETRY_S for waited in turns.waited)
    assert all(waited <= PACE_S for waited in turns.waited[2:])


def test_what_crashes_left_behind_is_looked_for_again_after_a_failure(
    run: Callable[[list[int]], Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    recovered: list[str] = []

    def recover() -> int:
        recovered.append("asked")
        if len(recovered) == 1:
            raise Unavailable("Postgres does not answer.")
        return 0

    opened = FeedCore.over
    monkeypatch.setattr(working, "RECOVER_S", 3_600.0)

    def over(stores, **told):
        object.__setattr__(stores, "recover", recover)
        return opened(stores, **told)

    monkeypatch.setattr(FeedCore, "over", over)
    with capture_logs() as logs:
        run([0, 0, 0, 0])
    assert len(logs) == 1
    assert recovered == ["asked", "asked"]


def test_a_process_that_does_not_lead_leaves_the_repair_to_the_one_that_does(
    run: Callable[[list[int]], Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    leads, steps = [False, False, True, True, True], list[int]()
    monkeypatch.setattr(Workers, "leads", lambda _: leads.pop(0))
    opened = FeedCore.over

    def over(stores, **told):
        core = opened(stores, **told)
        step = core.nightly.step
        core.nightly.step = lambda: steps.append(len(leads)) or step()
        return core

    monkeypatch.setattr(FeedCore, "over", over)
    run([24 * HOUR, 0, 0, 0, 0])
    assert steps == [2, 1]
